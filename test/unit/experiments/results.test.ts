import { describe, expect, test } from 'vitest';
import { experimentNames } from '../../../src/experiments/catalogue';
import type { Outcome } from '../../../src/experiments/outcome';
import { plan, type PlannedRun } from '../../../src/experiments/plan';
import { type Known, resultsOf } from '../../../src/experiments/results';
import { differenceText, estimateText, pointText, verdict } from '../../../src/experiments/words';
import { experimentOf } from '../../../src/experiments/catalogue';
import { knownOf, outcomeOfRun, wishOf } from '../../support/synthetic-outcomes';

/** Outcomes whose last accuracy is told by their run. */
function known(runs: readonly PlannedRun[], accuracy: (run: PlannedRun) => number | null): Known {
  const outcomes = runs.flatMap((run): Outcome[] => {
    const end = accuracy(run);
    return end === null ? [] : [outcomeOfRun(run, end)];
  });
  return { outcomes: new Map(outcomes.map((outcome) => [outcome.run, outcome])), failures: new Map() };
}

describe('the results of an experiment', () => {
  test('have a point for every variant, with the mean over its seeds', () => {
    const wish = wishOf(3);
    const ends = new Map([['comd', [0.7, 0.72, 0.74]], ['random', [0.6, 0.6, 0.66]], ['one-way', [0.7, 0.7, 0.76]]]);
    const results = resultsOf('strategies', wish, known(plan(['strategies'], wish), ({ seed, settings }) => ends.get(settings.strategy)?.[seed - 1] ?? null));
    expect(results.points.map(({ variant, estimate }) => `${variant}: ${estimateText(estimate)}`)).toEqual([
      'comd: 72.0 ± 5.0 %', 'random: 62.0 ± 8.6 %', 'one-way: 72.0 ± 8.6 %', 'none: –',
    ]);
    expect(results.points[1]?.measured.map(({ seed, value }) => [seed, value])).toEqual([[1, 0.6], [2, 0.6], [3, 0.66]]);
  });

  test('hold the usual variant against each other within the same seed', () => {
    const wish = wishOf(3);
    const ends = new Map([['comd', [0.5, 0.6, 0.7]], ['random', [0.44, 0.53, 0.64]], ['one-way', [0.5, 0.62, 0.68]]]);
    const { differences } = resultsOf('strategies', wish, known(plan(['strategies'], wish), ({ seed, settings }) => ends.get(settings.strategy)?.[seed - 1] ?? null));
    expect(differences.map(({ minuend, subtrahend, estimate }) => [minuend, subtrahend, differenceText(estimate)])).toEqual([
      ['comd', 'random', '+6.3 ± 1.4 points'], ['comd', 'one-way', '0.0 ± 5.0 points'], ['comd', 'none', '–'],
    ]);
    expect(differences.map(verdict)).toEqual(['comd is ahead', 'not told apart', 'not measured yet']);
  });

  test('cannot tell by one seed', () => {
    const { differences } = resultsOf('stage1', wishOf(1), knownOf('stage1', wishOf(1)));
    expect(differences.map(verdict)).toEqual(['one seed cannot tell']);
  });

  test('read all iterations from one run, and what each had cost by then', () => {
    const wish = wishOf(2);
    const { points, outcomes, differences } = resultsOf('iterations', wish, knownOf('iterations', wish));
    expect(outcomes).toHaveLength(2);
    const [outcome] = outcomes as [Outcome];
    expect(points.map(({ measured }) => measured[0]?.value)).toEqual([outcome.baselines.aligned, ...outcome.iterations.map(({ accuracy }) => accuracy)]);
    expect(points[0]?.spent).toMatchObject({ records: 0, steps: 0, teacherCalls: 0 });
    expect(points[1]?.spent).toMatchObject({ records: 0, teacherCalls: 0 });
    const [first, second] = outcome.iterations;
    expect(points[2]?.spent).toMatchObject({
      records: first?.kept, teacherCalls: first?.cost.teacherCalls, steps: (first?.cost.steps ?? 0) + (second?.cost.steps ?? 0),
    });
    expect(differences.map(({ minuend, subtrahend }) => `${minuend} ${subtrahend}`)).toEqual(['1 0', '2 1', '3 2', '4 3', '5 4', '6 5']);
  });

  test('read the held-out style beside the learned ones, and the teacher on the same items', () => {
    const wish = wishOf(1);
    const { points, outcomes } = resultsOf('domain', wish, knownOf('domain', wish));
    const [outcome] = outcomes as [Outcome];
    const last = outcome.iterations.at(-1);
    expect(points.map(({ measured }) => measured[0]?.value)).toEqual([last?.accuracy, last?.heldOutStyle]);
    expect(points.map(({ teacher }) => teacher)).toEqual([outcome.teacher.accuracy, outcome.teacher.heldOutStyle]);
  });

  test('keep failures apart from what was measured', () => {
    const wish = wishOf(2);
    const [run] = plan(['stage1'], wish);
    const { outcomes } = knownOf('stage1', wish, ({ id }) => id === run?.id);
    const results = resultsOf('stage1', wish, { outcomes, failures: new Map([[run?.id ?? '', { run: run?.id ?? '', seed: 1, message: 'It broke.', remedy: '' }]]) });
    expect(results.points[0]?.measured).toHaveLength(1);
    expect(results.points[0]?.failures).toHaveLength(1);
    expect(pointText(experimentOf('stage1'), results.points[0] as never)).toMatch(/^with: \d\d\.\d %, of 1 run, 1 failed$/);
  });

  test.each(experimentNames)('can be made of %s before anything is measured', (name) => {
    const results = resultsOf(name, wishOf(2), { outcomes: new Map(), failures: new Map() });
    expect(results.points.every(({ estimate, spent }) => estimate === null && spent === null)).toBe(true);
    expect(results.outcomes).toEqual([]);
  });
});
