/** How far a benchmark or an audit is, as one line that a terminal rewrites; a log gets a line now and then. */
import type { Stage } from '../src/evaluate/benchmarks/run';
import type { Screen } from './progress';

const logEveryMs = 20_000;
const words: Readonly<Record<Stage, string>> = { answer: 'answered', losses: 'scored', review: 'reviewed' };

export class StageLine {
  readonly #screen: Screen;
  readonly #now: () => number;
  #logged: number;
  #open = false;

  constructor(screen: Screen, now: () => number = Date.now) {
    this.#screen = screen;
    this.#now = now;
    this.#logged = now();
  }

  tell(stage: Stage, done: number, of: number): void {
    this.say(words[stage], done, of);
  }

  /** The same in words of one's own: `what` is done to so many. */
  say(what: string, done: number, of: number): void {
    const text = `${what} ${done.toLocaleString('en-US')} of ${of.toLocaleString('en-US')}`;
    if (this.#screen.isTTY) this.#rewrite(text, done >= of);
    else if (done >= of || this.#now() - this.#logged >= logEveryMs) this.#log(text);
  }

  /** Leaves the line standing. */
  end(): void {
    if (this.#open) this.#screen.write('\n');
    this.#open = false;
  }

  #rewrite(text: string, last: boolean): void {
    this.#screen.write(`\r\u001b[2K${text}`);
    this.#open = true;
    if (last) this.end();
  }

  #log(text: string): void {
    this.#logged = this.#now();
    this.#screen.write(`${text}\n`);
  }
}
