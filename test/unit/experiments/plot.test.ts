import { describe, expect, test } from 'vitest';
import { plan } from '../../../src/experiments/plan';
import { plotOf } from '../../../src/experiments/plot';
import { resultsOf } from '../../../src/experiments/results';
import { knownOf, outcomeOfRun, wishOf } from '../../support/synthetic-outcomes';

const room = { left: 40, right: 640, top: 20, bottom: 220 };

describe('the plot of an experiment', () => {
  test('lies within its room, whiskers and all, even where two runs are far apart', () => {
    const wish = wishOf(2);
    const runs = plan(['tau'], wish);
    const outcomes = new Map(runs.map((run) => [run.id, outcomeOfRun(run, run.seed === 1 ? 0.1 : 0.9)]));
    const { points } = plotOf(resultsOf('tau', wish, { outcomes, failures: new Map() }), room);
    for (const { x, y, whisker, teacher, runs: each } of points) {
      for (const height of [y, whisker?.top, whisker?.bottom, teacher, ...each.map((run) => run.y)]) {
        expect(height).toBeGreaterThanOrEqual(room.top);
        expect(height).toBeLessThanOrEqual(room.bottom);
      }
      for (const place of [x, ...each.map((run) => run.x)]) {
        expect(place).toBeGreaterThanOrEqual(room.left);
        expect(place).toBeLessThanOrEqual(room.right);
      }
    }
  });

  test('puts numbers in proportion and categories in equal steps, and joins only numbers', () => {
    const tau = plotOf(resultsOf('tau', wishOf(1), knownOf('tau', wishOf(1))), room);
    const [first, second, third] = tau.points.map(({ x }) => x) as [number, number, number];
    expect((third - first) / (second - first)).toBeCloseTo(0.33 / 0.17, 5);
    const strategies = plotOf(resultsOf('strategies', wishOf(1), knownOf('strategies', wishOf(1))), room);
    expect(strategies.points.map(({ x }) => x)).toEqual([115, 265, 415, 565]);
    expect([tau.joined, strategies.joined]).toEqual([true, false]);
  });

  test('shows 20 points at least, so that noise looks like noise', () => {
    const wish = wishOf(3);
    const outcomes = new Map(plan(['strategies'], wish).map((run) => [run.id, outcomeOfRun(run, 0.86)]));
    const { levels } = plotOf(resultsOf('strategies', wish, { outcomes, failures: new Map() }), room);
    const shown = levels.map(({ text }) => Number(text));
    expect(Math.max(...shown) - Math.min(...shown)).toBeGreaterThanOrEqual(20);
  });

  test('has levels and no marks where nothing was measured', () => {
    const { levels, points } = plotOf(resultsOf('tau', wishOf(1), { outcomes: new Map(), failures: new Map() }), room);
    expect(levels.length).toBeGreaterThan(2);
    expect(points.every(({ y, teacher, whisker, runs }) => y === null && teacher === null && whisker === null && runs.length === 0)).toBe(true);
  });
});
