/** Asks before a model is deleted from this machine. */
import type { RefObject } from 'preact';

interface Props {
  dialog: RefObject<HTMLDialogElement | null>;
  /** Unique on the page. */
  id: string;
  name: string;
  /** What is lost by it. */
  loss: string;
  onConfirm(): void;
}

export function ConfirmDelete({ dialog, id, name, loss, onConfirm }: Props) {
  return (
    <dialog ref={dialog} aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>Delete {name}?</h2>
      <p>{loss}</p>
      <form method="dialog" class="buttons">
        <button type="submit">Keep it</button>
        <button type="submit" class="danger" onClick={onConfirm}>Delete</button>
      </form>
    </dialog>
  );
}
