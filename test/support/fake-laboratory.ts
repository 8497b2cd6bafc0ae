/** A laboratory without threads: it keeps note of the calls, and its runs come to their end when it is told to. */
import type { ComdError } from '../../src/errors';
import type { LaboratoryEvent, LaboratoryState, SeriesWish } from '../../src/experiments/laboratory-protocol';
import { outcomeOf } from '../../src/experiments/outcome';
import { plan, type PlannedRun } from '../../src/experiments/plan';
import type { Laboratory } from '../../workers/protocol';
import { reportOfRun } from './synthetic-outcomes';

export class FakeLaboratory implements Laboratory {
  readonly calls: string[] = [];
  /** When set, the next start fails with it. */
  refusal: ComdError | null = null;
  state: LaboratoryState = { series: null, outcomes: [], failures: [], present: null };
  #todo: PlannedRun[] = [];
  #of = 0;
  #callback: (event: LaboratoryEvent) => void = () => undefined;

  async listen(callback: (event: LaboratoryEvent) => void): Promise<void> {
    this.#callback = callback;
    this.#tell({});
  }

  async start(wish: SeriesWish): Promise<void> {
    this.calls.push(`start ${wish.experiment} ${wish.preset} ${wish.seeds}`);
    const { refusal } = this;
    this.refusal = null;
    if (refusal !== null) throw refusal;
    this.#begin(wish);
  }

  async resume(): Promise<void> {
    this.calls.push('resume');
    if (this.state.series?.state === 'interrupted') this.#begin(this.state.series.wish);
  }

  async stop(): Promise<void> {
    this.calls.push('stop');
    if (this.state.series) this.#tell({ series: { ...this.state.series, state: 'stopped' }, present: null });
  }

  async reportHtml(run: string): Promise<string> {
    this.calls.push(`report ${run}`);
    return `<!doctype html><title>${run}</title>`;
  }

  async clear(): Promise<void> {
    this.calls.push('clear');
    this.#tell({ series: null, outcomes: [], failures: [], present: null });
  }

  /** What was made before the page was opened. */
  remember(wish: SeriesWish, state: 'interrupted' | 'stopped' | 'finished', runs = Number.POSITIVE_INFINITY): void {
    const made = plan([wish.experiment], { ...wish, overrides: {} }).slice(0, runs);
    this.state = { series: { wish, state }, outcomes: made.map((run) => outcomeOf(run.id, reportOfRun(run))), failures: [], present: null };
  }

  /** The run under way comes to its end, and the next one begins. */
  made(accuracy?: number): void {
    const run = this.#todo.shift();
    if (run === undefined) return;
    this.state = { ...this.state, outcomes: [...this.state.outcomes, outcomeOf(run.id, reportOfRun(run, accuracy))] };
    this.#next();
  }

  failed(message: string): void {
    const run = this.#todo.shift();
    if (run === undefined) return;
    this.state = { ...this.state, failures: [...this.state.failures, { run: run.id, seed: run.seed, message, remedy: 'Run it again.' }] };
    this.#next();
  }

  progress(done: number, of: number): void {
    this.#callback({ type: 'progress', progress: { type: 'progress', iteration: 2, phase: 'tune', done, of, seconds: 30, tokensPerSecond: 2412, secondsLeft: 90 } });
  }

  broke(error: ComdError): void {
    this.#callback({ type: 'error', error });
  }

  #begin(wish: SeriesWish): void {
    const known = new Set(this.state.outcomes.map(({ run }) => run));
    this.#todo = plan([wish.experiment], { ...wish, overrides: {} }).filter(({ id }) => !known.has(id));
    this.#of = this.#todo.length;
    this.state = { ...this.state, series: { wish, state: 'running' } };
    this.#next();
  }

  #next(): void {
    const [run] = this.#todo;
    if (run === undefined) {
      this.#tell({ series: this.state.series && { ...this.state.series, state: 'finished' }, present: null });
      return;
    }
    this.#tell({ present: { run: run.id, seed: run.seed, variants: run.uses.map(({ variant }) => variant), place: this.#of - this.#todo.length + 1, of: this.#of } });
  }

  #tell(change: Partial<LaboratoryState>): void {
    this.state = { ...this.state, ...change };
    this.#callback({ type: 'state', state: this.state });
  }
}
