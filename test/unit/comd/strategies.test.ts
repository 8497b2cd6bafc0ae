/** The four strategies: what each adds and from where, and that they are compared at equal cost. */
import { beforeAll, describe, expect, it } from 'vitest';
import { drawSample } from '../../../src/comd/assess';
import type { DataSet } from '../../../src/data/types';
import { strategies, type Strategy } from '../../../src/settings';
import { firstOf } from '../../../src/data/drawn';
import { newHome, recordsOf, runThrough, timeless, toySettings, watchedRun } from '../../support/toy-run';
import { toyWorld } from '../../support/toy-world';

type Watched = Awaited<ReturnType<typeof watchedRun>>;
const settingsFor = (strategy: Strategy) => toySettings({ strategy });
const runs = {} as Record<Strategy, Watched>;
beforeAll(async () => {
  for (const strategy of strategies) runs[strategy] = await watchedRun(newHome(), settingsFor(strategy));
});

const kept = (strategy: Strategy) => runs[strategy].report.iterations.map((it) => it.kept);
const steps = (strategy: Strategy) => runs[strategy].report.iterations.map((it) => it.losses.length);
const marksAsked = (strategy: Strategy) => runs[strategy].cast.teacher.asked.filter(({ prompt }) => prompt.startsWith('assess: '));

describe('all strategies', () => {
  it('add the same number of records, but for the one that adds none', () => {
    expect(kept('random')).toEqual(kept('comd'));
    expect(kept('one-way')).toEqual(kept('comd'));
    expect(kept('none')).toEqual([0, 0, 0]);
  });

  it('take the same number of steps in every iteration', () => {
    for (const strategy of strategies) expect(steps(strategy)).toEqual(steps('comd'));
  });

  it('take the same number of steps where pools are replaced', async () => {
    const replaced = await Promise.all(strategies.map((strategy) => runThrough(newHome(), toySettings({ strategy, poolMode: 'replace', growth1: 0.6, growth2: 0.8 }))));
    const [first] = replaced.map(({ iterations }) => iterations.map((it) => it.losses.length));
    for (const { iterations } of replaced) expect(iterations.map((it) => it.losses.length)).toEqual(first);
  });

  it('start from the same student and the same first pool', () => {
    for (const strategy of strategies) {
      expect(runs[strategy].report.baselines).toEqual(runs.comd.report.baselines);
      expect(runs[strategy].report.iterations[0]?.losses).toEqual(runs.comd.report.iterations[0]?.losses);
      expect(runs[strategy].report.iterations[0]?.accuracy).toBe(runs.comd.report.iterations[0]?.accuracy);
    }
  });

  it.each(strategies.filter((strategy) => strategy !== 'comd'))('report the same again for the same seed: %s', async (strategy) => {
    expect(timeless(await runThrough(newHome(), settingsFor(strategy)))).toEqual(timeless(runs[strategy].report));
  });

  it('report the sizes of their pools as they were when an iteration began', async () => {
    for (const strategy of strategies) {
      const { report, ledger } = runs[strategy];
      for (const it of report.iterations) expect((await recordsOf(ledger, it.iteration - 1)).length).toBe(it.cachePool);
    }
  });
});

describe('a strategy without feedback', () => {
  it.each(['random', 'one-way', 'none'] as const)('has nothing marked: %s', (strategy) => {
    expect(marksAsked('comd').length).toBeGreaterThan(0);
    expect(marksAsked(strategy)).toEqual([]);
    for (const it of runs[strategy].report.iterations) expect(it).toMatchObject({ assessed: 0, difficult: 0, easy: 0, unparsable: 0 });
    for (const it of runs[strategy].report.iterations) expect(it.cost.studentCalls).toBe(0);
  });

  it('is not touched by what decides about marks', async () => {
    const { settings: _, ...report } = await runThrough(newHome(), toySettings({ strategy: 'random', tau: 1, assessTemperature: 3, difficulty: 'vote' }));
    const { settings: _settings, ...before } = runs.random.report;
    expect(timeless(report as typeof runs.random.report)).toEqual(timeless(before as typeof runs.random.report));
  });
});

describe('random', () => {
  it('augments around the sample that would have been assessed, whatever the student can do', async () => {
    const { pool } = runs.random.ledger;
    const sample = (await pool.at(drawSample({ from: 0, size: await pool.size(0) }, 1, settingsFor('random')))).map(({ id }) => id);
    const seeds = (await recordsOf(runs.random.ledger, 1)).filter(({ iteration }) => iteration === 1).map(({ seedId }) => seedId);
    expect(seeds.length).toBe(runs.random.report.iterations[0]?.kept);
    for (const seed of seeds) expect(sample).toContain(seed);
  });
});

describe('one-way', () => {
  it('adds fresh records of the data set with the answers of the teacher', async () => {
    const { cast, ledger } = runs['one-way'];
    const first = new Set((await firstOf(toyWorld.records(settingsFor('one-way').seed), 60)).map(({ id }) => id));
    const fresh = (await recordsOf(ledger)).filter(({ iteration }) => iteration > 0);
    expect(fresh).toHaveLength(kept('one-way').reduce((a, b) => a + b));
    for (const record of fresh) {
      expect(first.has(record.id)).toBe(false);
      expect(record).toMatchObject({ source: 'teacher' });
      expect(record.seedId).toBeUndefined();
      expect(cast.teacher.asked.some(({ images, prompt, text }) => images[0] === record.image && prompt === record.instruction && text === record.answer)).toBe(true);
    }
    // The toy teacher is wrong now and then, and its mistakes are what is learned.
    expect(fresh.some(({ answer }) => answer === 'mud')).toBe(true);
  });

  it('adds as many as the data set still has, and says so', async () => {
    const few: DataSet = { ...toyWorld, records: async function* (seed) { yield* await firstOf(toyWorld.records(seed), 25); } };
    const { report } = await watchedRun(newHome(), toySettings({ strategy: 'one-way', pool: 20, growth1: 1, growth2: 1 }), few);
    expect(report.iterations.map((it) => it.kept)).toEqual([5, 0, 0]);
  });

  it('never adds what is held out', async () => {
    const held = new Set((await toyWorld.test(50)).map(({ image }) => image));
    expect((await recordsOf(runs['one-way'].ledger)).filter(({ image }) => held.has(image))).toEqual([]);
  });
});
