/**
 * An experiment's results: its points with their intervals, what they cost, and the differences that it asks for. Pure:
 * made anew from the outcomes whenever one more comes in.
 */
import type { Cost } from '../comd/cost';
import { experimentOf, type ExperimentName } from './catalogue';
import { type Contrast, type Experiment, spentOn, teacherValueOf, valueOf, type Variant } from './experiment';
import { estimate, type Estimate, pairedDifference } from './interval';
import type { Failure, Outcome } from './outcome';
import { runId, settingsFor, type Wish } from './plan';

/** One run of a variant. */
export interface Measured {
  seed: number;
  run: string;
  /** Accuracy in 0..1. */
  value: number;
}

/** What a variant's runs had spent in stage 2 when they were read: means over them. */
export interface Spent extends Cost {
  /** Records that were added to the first pool. */
  records: number;
}

export interface Point {
  variant: string;
  x: number;
  usual: boolean;
  /** By seed, ascending; so are `failures`. */
  measured: Measured[];
  failures: Failure[];
  /** Of `measured`; null where there is none. */
  estimate: Estimate | null;
  /** The teacher's accuracy on the same items. */
  teacher: number | null;
  spent: Spent | null;
  /** Of a whole run, in seconds. */
  seconds: number | null;
}

/** `minuend - subtrahend`, within the seeds that both have. */
export interface Difference {
  minuend: string;
  subtrahend: string;
  estimate: Estimate | null;
}

export interface Results {
  experiment: ExperimentName;
  wish: Wish;
  points: Point[];
  differences: Difference[];
  /** What the points were made from, each run once. */
  outcomes: Outcome[];
}

/** What is known of runs, by their id. */
export interface Known {
  outcomes: ReadonlyMap<string, Outcome>;
  failures: ReadonlyMap<string, Failure>;
}

export function resultsOf(name: ExperimentName, wish: Wish, known: Known): Results {
  const experiment = experimentOf(name);
  const taken = experiment.variants.map((variant) => take(variant, wish, known));
  const points = taken.map(({ point }) => point);
  const outcomes = new Map(taken.flatMap(({ outcomes }) => outcomes).map((outcome) => [outcome.run, outcome]));
  return { experiment: name, wish, points, differences: differencesOf(experiment, points), outcomes: [...outcomes.values()] };
}

function take(variant: Variant, wish: Wish, known: Known): { point: Point; outcomes: Outcome[] } {
  const runs = Array.from({ length: wish.seeds }, (_, index) => runId(wish.preset, settingsFor(wish, variant, index + 1)));
  const outcomes = runs.flatMap((run) => known.outcomes.get(run) ?? []);
  const measured = outcomes.flatMap((outcome): Measured[] => {
    const value = valueOf(variant.reading, outcome);
    return value === null ? [] : [{ seed: outcome.seed, run: outcome.run, value }];
  });
  const point: Point = {
    variant: variant.label,
    x: variant.x,
    usual: variant.usual,
    measured,
    failures: runs.flatMap((run) => known.failures.get(run) ?? []),
    estimate: estimate(measured.map(({ value }) => value)),
    teacher: mean(outcomes.flatMap((outcome) => teacherValueOf(variant.reading, outcome) ?? [])),
    spent: spentBy(variant, outcomes),
    seconds: mean(outcomes.map(({ seconds }) => seconds)),
  };
  return { point, outcomes };
}

function spentBy({ reading }: Variant, outcomes: readonly Outcome[]): Spent | null {
  if (outcomes.length === 0) return null;
  const each = outcomes.map((outcome) => spentOn(reading, outcome));
  const of = (pick: (cost: Cost) => number) => mean(each.map(({ cost }) => pick(cost))) ?? 0;
  return {
    records: mean(each.map(({ records }) => records)) ?? 0,
    teacherCalls: of((cost) => cost.teacherCalls), teacherTokens: of((cost) => cost.teacherTokens), studentCalls: of((cost) => cost.studentCalls),
    steps: of((cost) => cost.steps), trainedTokens: of((cost) => cost.trainedTokens), seconds: of((cost) => cost.seconds),
  };
}

function differencesOf({ contrast }: Experiment, points: readonly Point[]): Difference[] {
  const usual = points.find((point) => point.usual);
  return points.flatMap((point, index) => {
    const [minuend, subtrahend] = sidesOf(contrast, point, usual, points[index - 1]);
    if (minuend === undefined || subtrahend === undefined || minuend === subtrahend) return [];
    return [{ minuend: minuend.variant, subtrahend: subtrahend.variant, estimate: pairedDifference(bySeed(minuend), bySeed(subtrahend)) }];
  });
}

function sidesOf(contrast: Contrast, point: Point, usual: Point | undefined, before: Point | undefined): [Point | undefined, Point | undefined] {
  switch (contrast) {
    case 'usual minus each': return [usual, point];
    case 'each minus usual': return [point, usual];
    case 'each minus the one before': return [point, before];
  }
}

const bySeed = ({ measured }: Point): Map<number, number> => new Map(measured.map(({ seed, value }) => [seed, value]));

const mean = (values: readonly number[]): number | null => estimate(values)?.mean ?? null;
