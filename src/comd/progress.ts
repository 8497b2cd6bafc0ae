/**
 * Turns finished items into progress events. Two models work at once, and one bar is shown: that of the earliest phase
 * of the method that is not over, while what is done ahead is counted and shown when its phase comes.
 */
import type { Phase, RunEvent } from './events';
import { Forecast, type Kind } from './forecast';

/** The one kind of work whose items a phase's bar counts; loading and saving ask nothing of a model. */
const counted: Partial<Record<Phase, Kind>> = {
  align: 'align', tune: 'tune', evaluate: 'student answer', assess: 'assess', augment: 'augment',
};

interface Bar {
  iteration: number;
  phase: Phase;
  done: number;
  of: number;
  tokens: number;
  seconds: number;
  over: boolean;
}

/** What some finished items were and cost. */
export interface Spent {
  kind: Kind | null;
  items: number;
  tokens: number;
  seconds: number;
}

export class Progress {
  readonly #emit: (event: RunEvent) => void;
  readonly #forecast = new Forecast();
  readonly #bars: Bar[] = [];
  /** Index of the bar that is shown. */
  #front = 0;

  constructor(emit: (event: RunEvent) => void) {
    this.#emit = emit;
  }

  /** Announces a phase in the order of the method, or corrects how many items it has; `also` is work beside the bar. */
  expect(iteration: number, phase: Phase, of: number, also: Partial<Record<Kind, number>> = {}): void {
    const bar = this.#find(iteration, phase);
    if (bar) bar.of = of;
    else this.#bars.push({ iteration, phase, done: 0, of, tokens: 0, seconds: 0, over: false });
    const kind = counted[phase];
    const items = (kind ? { [kind]: of, ...also } : also) as Record<Kind, number>;
    for (const [each, count] of Object.entries(items)) this.#forecast.expect(iteration, phase, each as Kind, count);
  }

  add(iteration: number, phase: Phase, spent: Spent): void {
    if (spent.kind) this.#forecast.spend(iteration, phase, spent.kind, spent.items, spent.seconds);
    const bar = this.#find(iteration, phase);
    if (!bar || (counted[phase] ?? null) !== spent.kind) return;
    bar.done += spent.items;
    bar.tokens += spent.tokens;
    bar.seconds += spent.seconds;
    if (bar === this.#bars[this.#front]) this.tell();
  }

  /** The phase is over; the bar goes on to the next one that is not, and shows those that were over before it once. */
  finish(iteration: number, phase: Phase): void {
    this.#forecast.finish(iteration, phase);
    const bar = this.#find(iteration, phase);
    if (bar) bar.over = true;
    while (this.#bars[this.#front]?.over) {
      this.#front++;
      this.tell();
    }
  }

  /** Emits where the run is. */
  tell(): void {
    const bar = this.#bars[this.#front];
    if (!bar) return;
    const { iteration, phase, done, of, seconds } = bar;
    const tokensPerSecond = seconds > 0 ? bar.tokens / seconds : 0;
    this.#emit({ type: 'progress', iteration, phase, done, of, seconds, tokensPerSecond, secondsLeft: this.#forecast.secondsLeft() });
  }

  #find(iteration: number, phase: Phase): Bar | undefined {
    return this.#bars.find((bar) => bar.iteration === iteration && bar.phase === phase);
  }
}
