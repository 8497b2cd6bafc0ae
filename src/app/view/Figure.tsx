/** A numbered figure with its caption, and a note on the empty paper where there is nothing to draw yet. */
import type { ComponentChildren } from 'preact';

interface Props {
  title: string;
  /** What is drawn how, in a sentence. */
  caption: ComponentChildren;
  /** Said in place of the drawing when there is nothing yet. */
  empty: string | null;
  children: ComponentChildren;
}

export function Figure({ title, caption, empty, children }: Props) {
  return (
    <figure class="figure">
      <figcaption><strong>{title}</strong> <span>{caption}</span></figcaption>
      <div class="plate">
        {children}
        {empty !== null && <p class="plate-note"><span>{empty}</span></p>}
      </div>
    </figure>
  );
}
