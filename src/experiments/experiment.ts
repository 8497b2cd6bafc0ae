/**
 * What an experiment is: a question, the settings that are tried, and what is read from the run of each. Types and the
 * reading of a point; which experiments there are is the catalogue's to say.
 */
import type { Settings } from '../settings';
import { type Cost, noCost, sumOf } from '../comd/cost';
import type { Outcome } from './outcome';

/** What of a run a point shows: accuracy in 0..1 on the test items or on the held-out style. */
export interface Reading {
  on: 'test' | 'held-out style';
  /** After which iteration; 0 is after stage 1, and `last` whichever the run ended with. */
  after: number | 'last';
}

/** One of the things that are compared. */
export interface Variant {
  label: string;
  /** Its place on the axis; its rank where the axis has categories. */
  x: number;
  /** On top of the preset and of what the user set. */
  settings: Partial<Settings>;
  reading: Reading;
  /** Whether the others are held against it; one of an experiment is. It changes nothing of the default preset. */
  usual: boolean;
}

/** Which differences an experiment asks for, always within the same seed. */
export type Contrast = 'usual minus each' | 'each minus usual' | 'each minus the one before';

export interface Experiment {
  name: string;
  title: string;
  /** One sentence. */
  question: string;
  /** What the paper claims, in one sentence; null where it leaves the question open. */
  claim: string | null;
  /** `note` is what a reader of the axis must know besides. */
  axis: { label: string; note?: string; kind: 'number' | 'category' };
  contrast: Contrast;
  variants: readonly Variant[];
}

/** The student's accuracy that `reading` asks for, or null where the run has none. */
export function valueOf({ on, after }: Reading, { baselines, iterations }: Outcome): number | null {
  if (after === 0) return on === 'test' ? baselines.aligned : null;
  const report = after === 'last' ? iterations.at(-1) : iterations.find(({ iteration }) => iteration === after);
  if (report === undefined) return null;
  return on === 'test' ? report.accuracy : report.heldOutStyle;
}

/** The teacher's, on the same items. */
export function teacherValueOf({ on }: Reading, { teacher }: Outcome): number | null {
  return on === 'test' ? teacher.accuracy : teacher.heldOutStyle;
}

/**
 * What stage 2 had spent, and how many records it had added, when the reading was taken: of the iteration that is read
 * its tuning alone, since what comes after that serves the next one.
 */
export function spentOn({ after }: Reading, { iterations }: Outcome): { cost: Cost; records: number } {
  const read = after === 'last' ? iterations.at(-1)?.iteration ?? 0 : after;
  const before = iterations.filter(({ iteration }) => iteration < read);
  const present = iterations.filter(({ iteration }) => iteration === read);
  return {
    cost: sumOf([...before.map(({ cost }) => cost), ...present.map(({ cost, tuneSeconds }) => (
      { ...noCost, steps: cost.steps, trainedTokens: cost.trainedTokens, seconds: tuneSeconds }
    ))]),
    records: before.reduce((sum, { kept }) => sum + kept, 0),
  };
}
