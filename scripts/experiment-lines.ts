/** What `npm run experiment` says, a line for each run: text only, and until when the rest will take. */
import type { SeriesEvent } from '../src/experiments/series';
import type { PlannedRun } from '../src/experiments/plan';
import { percent } from '../src/experiments/words';

type Ended = Extract<SeriesEvent, { type: 'made' | 'failed' }>;

export class ExperimentLines {
  readonly #now: () => Date;
  #seconds = 0;
  #runs = 0;

  constructor(now: () => Date = () => new Date()) {
    this.#now = now;
  }

  /** Null where there is nothing to be said. */
  lineOf(event: SeriesEvent): string | null {
    switch (event.type) {
      case 'begun': return null;
      case 'planned': return `${event.todo} ${event.todo === 1 ? 'run' : 'runs'} to make${event.made > 0 ? `, ${event.made} there already` : ''}.`;
      case 'made': return `${nameOf(event.run)}: ${percent(event.outcome.iterations.at(-1)?.accuracy ?? null)} in ${event.seconds.toFixed(0)} s; ${this.#left(event)}`;
      case 'failed': return `${nameOf(event.run)}: failed after ${event.seconds.toFixed(0)} s: ${event.failure.message} ${event.failure.remedy} ${this.#left(event)}`;
    }
  }

  /** As `12 left, until about 03:12`, as if they took as long as those before. */
  #left({ seconds, left }: Ended): string {
    this.#seconds += seconds;
    this.#runs += 1;
    if (left === 0) return 'none left';
    const end = new Date(this.#now().getTime() + left * (this.#seconds / this.#runs) * 1000);
    const days = Math.round((startOfDay(end) - startOfDay(this.#now())) / 86_400_000);
    const day = days === 0 ? '' : days === 1 ? ' tomorrow' : ` in ${days} days`;
    return `${left} left, until about ${end.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })}${day}`;
  }
}

const startOfDay = (date: Date): number => new Date(date).setHours(0, 0, 0, 0);

/** As `tau 0.33, seed 1 (and 6 other experiments)`: where a run is used first, and how many more experiments use it. */
export function nameOf({ uses, seed }: PlannedRun): string {
  const experiments = [...new Set(uses.map(({ experiment }) => experiment))];
  const variants = uses.filter(({ experiment }) => experiment === experiments[0]).map(({ variant }) => variant);
  const others = experiments.length - 1;
  const more = others === 0 ? '' : ` (and ${others} other ${others === 1 ? 'experiment' : 'experiments'})`;
  return `${experiments[0] ?? ''} ${variants.join('/')}, seed ${seed}${more}`;
}
