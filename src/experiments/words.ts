/** Results in words and figures: for the written page, the screen and the terminal alike. Text only. */
import type { Experiment } from './experiment';
import type { Estimate } from './interval';
import type { Difference, Measured, Point } from './results';

/** As `75.3 %`; a dash where there is none. */
export function percent(share: number | null | undefined): string {
  return share === null || share === undefined ? '–' : `${(share * 100).toFixed(1)} %`;
}

/** As `75.3 ± 1.2 %`; without the interval where one value has none. */
export function estimateText(estimate: Estimate | null): string {
  if (estimate === null || estimate.half === null) return percent(estimate?.mean ?? null);
  return `${(estimate.mean * 100).toFixed(1)} ± ${(estimate.half * 100).toFixed(1)} %`;
}

/** As `+4.2 ± 1.1 points`. */
export function differenceText(estimate: Estimate | null): string {
  if (estimate === null) return '–';
  const size = Math.abs(estimate.mean * 100).toFixed(1);
  const sign = Number(size) === 0 ? '' : estimate.mean < 0 ? '−' : '+';
  const mean = `${sign}${size}`;
  return estimate.half === null ? `${mean} points` : `${mean} ± ${(estimate.half * 100).toFixed(1)} points`;
}

/** Whether a difference is one: a single seed cannot tell, and an interval around nothing tells none. */
export function verdict({ minuend, subtrahend, estimate }: Difference): string {
  if (estimate === null) return 'not measured yet';
  if (estimate.half === null) return 'one seed cannot tell';
  if (Math.abs(estimate.mean) <= estimate.half) return 'not told apart';
  return `${estimate.mean > 0 ? minuend : subtrahend} is ahead`;
}

/** As `comd − random`. */
export function differenceName({ minuend, subtrahend }: Difference): string {
  return `${minuend} − ${subtrahend}`;
}

/** What stands along the axis. */
export const axisText = ({ axis }: Experiment): string => (axis.note === undefined ? axis.label : `${axis.label}; ${axis.note}`);

/** A point for those who cannot see it: `tau 0.33: 75.3 ± 1.2 %, of 3 runs`. */
export function pointText({ axis }: Experiment, { variant, estimate, measured, failures }: Point): string {
  const name = axis.kind === 'number' ? `${axis.label} ${variant}` : variant;
  const failed = failures.length > 0 ? `, ${failures.length} failed` : '';
  if (measured.length === 0) return `${name}: not measured${failed}`;
  return `${name}: ${estimateText(estimate)}, of ${measured.length} ${measured.length === 1 ? 'run' : 'runs'}${failed}`;
}

export const seedText = ({ seed, value }: Measured): string => `seed ${seed}: ${percent(value)}`;

/** A whole number with its thousands set apart; a dash where there is none. */
export function whole(value: number | null | undefined): string {
  return value === null || value === undefined ? '–' : Math.round(value).toLocaleString('en-GB');
}

/** The heads of the table of points, and its cells. */
export const pointHeads = ['Accuracy', 'Runs', 'Teacher', 'Records added', 'Steps', 'Teacher calls', 'Seconds of a run'] as const;
export function pointCells({ estimate, measured, failures, teacher, spent, seconds }: Point): string[] {
  const runs = failures.length === 0 ? String(measured.length) : `${measured.length}, ${failures.length} failed`;
  return [estimateText(estimate), runs, percent(teacher), whole(spent?.records), whole(spent?.steps), whole(spent?.teacherCalls), whole(seconds)];
}
