/** An answer that a terminal shows while it grows; a log gets it whole at the end. */
import type { Screen } from './progress';

export class AnswerStream {
  readonly #screen: Screen;
  #written = '';
  #ended = false;

  constructor(screen: Screen) {
    this.#screen = screen;
  }

  /** The answer so far. A last character that is still in pieces is held back; what comes late is known already. */
  tell(text: string): void {
    if (this.#ended) return;
    const whole = text.replace(/\uFFFD+$/, '');
    if (!this.#screen.isTTY || !whole.startsWith(this.#written)) return;
    this.#screen.write(whole.slice(this.#written.length));
    this.#written = whole;
  }

  /** The whole answer. */
  end(text: string): void {
    this.#ended = true;
    this.#screen.write(text.startsWith(this.#written) ? `${text.slice(this.#written.length)}\n` : `\n${text}\n`);
  }
}
