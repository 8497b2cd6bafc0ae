/** What the experiments screen says: how far a series is, what is still missing, and why nothing can begin. Text only. */
import type { RunState } from '../../comd/events';
import { experimentOf } from '../../experiments/catalogue';
import type { LaboratoryState } from '../../experiments/laboratory-protocol';
import { plan } from '../../experiments/plan';
import { duration } from '../format';
import type { Command } from '../session';
import type { Progress } from '../state';

/** Why no series can be made beside the run, or null. */
export function hindranceOf(state: RunState, pending: Command | null): string | null {
  if (state === 'running' || state === 'paused' || pending === 'start' || pending === 'resume') {
    return `A distillation is ${state === 'paused' ? 'paused' : 'under way'} on the Run screen. Experiments need this device for themselves: stop it first.`;
  }
  return pending === 'open' ? 'Looking whether a distillation is under way.' : null;
}

/** How many runs there are to make, and how long those may take where some were made. */
export function missingText({ runs, made }: { runs: number; made: number }, secondsOfOne: number | null): string {
  const missing = runs - made;
  const all = `${runs} ${runs === 1 ? 'run' : 'runs'}`;
  if (missing === 0) return runs === 1 ? 'Its run is made.' : `All ${all} are made.`;
  const time = secondsOfOne === null ? '' : `, about ${duration(missing * secondsOfOne)}`;
  return made === 0 ? `${all} to make${time}.` : `${missing} of ${all} still to make${time}.`;
}

/** Where the series stands, or how it ended, in a sentence. */
export function courseText({ series, present, failures }: LaboratoryState): string {
  if (series === null) return 'No experiment was begun yet.';
  const { title } = experimentOf(series.wish.experiment);
  const own = new Set(plan([series.wish.experiment], { ...series.wish, overrides: {} }).map(({ id }) => id));
  const count = failures.filter(({ run }) => own.has(run)).length;
  const failed = count === 0 ? '' : ` ${count} ${count === 1 ? 'run has' : 'runs have'} failed: the points say why.`;
  switch (series.state) {
    case 'running': return present === null ? `${title}: looking what is still to make.` : `${title}: run ${present.place} of ${present.of}, ${variantsText(present.variants)}, seed ${present.seed}.${failed}`;
    case 'interrupted': return `${title}: interrupted. Start it again to go on; what was made is kept.`;
    case 'stopped': return `${title}: stopped. What was made is kept; the run under way is made anew next time.`;
    case 'finished': return `${title}: all runs are through.${failed}`;
  }
}

/** What a run is made for: one variant, or several that share it. */
function variantsText(variants: readonly string[]): string {
  return variants.length === 1 ? `${variants[0]}` : `for ${variants.length} points`;
}

/** Seconds until the series is through, as if the runs to come took as long as those before; null where none was made. */
export function secondsLeft(present: { place: number; of: number }, progress: Progress | null, secondsOfOne: number | null): number | null {
  const ofThis = progress?.secondsLeft ?? null;
  const toCome = present.of - present.place;
  if (secondsOfOne === null) return toCome === 0 ? ofThis : null;
  return toCome * secondsOfOne + (ofThis ?? secondsOfOne);
}
