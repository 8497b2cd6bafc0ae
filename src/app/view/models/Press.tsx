/** A button that says when it does nothing. Not `disabled`: one that has just been pressed would lose the focus. */
import type { ComponentChildren } from 'preact';

interface Props {
  can?: boolean;
  kind?: 'primary' | 'danger' | '';
  id?: string;
  onPress(): void;
  /** Said after its text to those who listen to the page, where the text alone does not say what it is about. */
  about?: string;
  /** Said in place of a text that is no word. */
  label?: string;
  children: ComponentChildren;
}

export function Press({ can = true, kind = '', id, onPress, about, label, children }: Props) {
  return (
    <button type="button" id={id} class={kind} aria-disabled={!can} aria-label={label} onClick={() => can && onPress()}>
      {children}{about !== undefined && <span class="hidden"> {about}</span>}
    </button>
  );
}
