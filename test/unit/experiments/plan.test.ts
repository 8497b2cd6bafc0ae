import { describe, expect, test } from 'vitest';
import { experimentNames } from '../../../src/experiments/catalogue';
import { isOf, plan, runId } from '../../../src/experiments/plan';
import { settingsOf } from '../../../src/presets';
import { outcomeOfRun, wishOf } from '../../support/synthetic-outcomes';

describe('the plan of runs', () => {
  test('has a run for every variant and seed, the first seed whole before the second', () => {
    const runs = plan(['strategies'], wishOf(2));
    expect(runs.map(({ seed, settings }) => `${seed} ${settings.strategy}`)).toEqual([
      '1 comd', '1 random', '1 one-way', '1 none', '2 comd', '2 random', '2 one-way', '2 none',
    ]);
    expect(runs.every(({ seed, settings }) => settings.seed === seed)).toBe(true);
  });

  test('makes a run once that several variants or experiments share', () => {
    expect(plan(['iterations'], wishOf(1))).toHaveLength(1);
    expect(plan(['domain'], wishOf(3))).toHaveLength(3);
    const runs = plan(experimentNames, wishOf(1));
    const shared = runs.find(({ uses }) => uses.some(({ variant }) => variant === 'comd'));
    expect(shared?.uses.map(({ experiment }) => experiment)).toEqual(['tau', 'stage1', 'pool', 'student', 'strategies', 'parts', 'difficulty', 'domain', 'domain', 'soft']);
    // 6 + 1 + 2 + 4 + 3 + 4 + 7 + 5 + 1 + 2 runs, of which all but `iterations` share their usual one.
    expect(runs).toHaveLength(35 - 8);
    expect(new Set(runs.map(({ id }) => id)).size).toBe(runs.length);
  });

  test('puts a variant\'s settings on top of the user\'s, and those on top of the preset\'s', () => {
    const runs = plan(['tau'], { preset: 'tiny', seeds: 1, overrides: { tau: 0.9, pool: 20 } });
    expect(runs.map(({ settings }) => settings.tau)).toEqual([0, 0.17, 0.33, 0.5, 0.67, 1]);
    expect(runs.every(({ settings }) => settings.pool === 20 && settings.testItems === 12)).toBe(true);
  });

  test('names a run by its preset and all settings, in whatever order they stand', () => {
    const settings = settingsOf('experiment');
    const turned = Object.fromEntries(Object.entries(settings).reverse()) as typeof settings;
    expect(runId('experiment', settings)).toMatch(/^[0-9a-f]{16}$/);
    expect(runId('experiment', turned)).toBe(runId('experiment', settings));
    expect(runId('emoji', settings)).not.toBe(runId('experiment', settings));
    expect(runId('experiment', { ...settings, seed: 2 })).not.toBe(runId('experiment', settings));
  });

  test('takes for made only what the same settings and the same version gave', () => {
    const [run] = plan(['domain'], wishOf(1));
    if (run === undefined) throw new Error('Nothing was planned.');
    const made = outcomeOfRun(run);
    expect(isOf(run, made.version, made)).toBe(true);
    expect(isOf(run, '99.0.0', made)).toBe(false);
    expect(isOf({ ...run, settings: { ...run.settings, pool: 1 } }, made.version, made)).toBe(false);
  });
});
