/** Reports and outcomes of planned runs that were never made: plausible accuracies that follow from their settings. */
import type { Report } from '../../src/comd/report';
import type { ExperimentName } from '../../src/experiments/catalogue';
import { type Failure, type Outcome, outcomeOf } from '../../src/experiments/outcome';
import { plan, type PlannedRun, type Wish } from '../../src/experiments/plan';
import type { Known } from '../../src/experiments/results';
import { uniform } from '../../src/random';
import { syntheticReport } from './synthetic-run';

export const wishOf = (seeds: number): Wish => ({ preset: 'experiment', seeds, overrides: {} });

/** Ends with `accuracy` unless that is left to its settings. */
export function reportOfRun({ id, preset, seed, settings }: PlannedRun, accuracy?: number): Report {
  const report = syntheticReport(settings);
  const end = accuracy ?? 0.72 - 0.25 * Math.abs(settings.tau - 0.33) + 0.04 * (uniform(id, 'noise') - 0.5) - (settings.strategy === 'comd' ? 0 : 0.06);
  const iterations = report.iterations.map((one, index) => {
    const share = (index + 1) / report.iterations.length;
    return { ...one, accuracy: 0.24 + (end - 0.24) * Math.sqrt(share), heldOutStyle: (0.24 + (end - 0.24) * Math.sqrt(share)) * 0.9 };
  });
  return { ...report, preset, seed, settings, iterations, seconds: 150 + 20 * uniform(id, 'seconds') };
}

export const outcomeOfRun = (run: PlannedRun, accuracy?: number): Outcome => outcomeOf(run.id, reportOfRun(run, accuracy));

/** What is known when all runs of an experiment are made, but for those that `missing` names. */
export function knownOf(name: ExperimentName, wish: Wish, missing: (run: PlannedRun) => boolean = () => false): Known {
  const made = plan([name], wish).filter((run) => !missing(run));
  return { outcomes: new Map(made.map((run) => [run.id, outcomeOfRun(run)])), failures: new Map<string, Failure>() };
}
