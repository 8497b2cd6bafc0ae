/** What the settings of pools and of augmentation make of a run's records. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Augmentation, growthTarget, plannedPool, type Seeds } from '../../../src/comd/augment';
import { Gate } from '../../../src/comd/gate';
import { Progress } from '../../../src/comd/progress';
import { Work } from '../../../src/comd/work';
import type { InstructionRecord } from '../../../src/data/types';
import { openPools } from '../../../src/pools/database';
import { Ledger } from '../../../src/pools/ledger';
import { TestItems } from '../../../src/pools/test-items';
import { defaults, type Settings } from '../../../src/settings';
import { newHome, recordsOf, toySettings, watchedRun } from '../../support/toy-run';
import { questions, toyWorld, truth } from '../../support/toy-world';

describe('a run', () => {
  it('learns the teacher\'s answers in the first pool where it is relabelled', async () => {
    const [own, relabelled] = await Promise.all([false, true].map((relabelWithTeacher) => watchedRun(newHome(), toySettings({ iterations: 1, relabelWithTeacher }))));
    const before = own ? await recordsOf(own.ledger) : [];
    const after = relabelled ? await recordsOf(relabelled.ledger) : [];
    expect(after.map(({ id, image, instruction }) => [id, image, instruction])).toEqual(before.map(({ id, image, instruction }) => [id, image, instruction]));
    expect(new Set(before.map(({ source }) => source))).toEqual(new Set(['dataset']));
    expect(new Set(after.map(({ source }) => source))).toEqual(new Set(['teacher']));
    // The toy teacher is right nearly always, and never says anything else than the truth or mud.
    expect(after.map(({ answer }) => answer)).not.toEqual(before.map(({ answer }) => answer));
    for (const { image, instruction, answer } of after) expect([truth(image, instruction), 'mud']).toContain(answer);
  });

  it('tunes on the newest records only where pools are replaced, and assesses on all', async () => {
    const { report } = await watchedRun(newHome(), toySettings({ poolMode: 'replace' }));
    const [first, second, third] = report.iterations;
    expect(first).toMatchObject({ tuningPool: 60, cachePool: 60 });
    expect(second).toMatchObject({ tuningPool: first?.kept, cachePool: 60 + (first?.kept ?? 0) });
    expect(third).toMatchObject({ tuningPool: second?.kept, cachePool: 60 + (first?.kept ?? 0) + (second?.kept ?? 0) });
  });

  it('begins every iteration at the student of stage 1 where that is asked for', async () => {
    const [on, restarted] = await Promise.all([false, true].map((restartFromAlignment) => (
      watchedRun(newHome(), toySettings({ iterations: 2, strategy: 'none', growth1: 0, restartFromAlignment }))
    )));
    const accuracies = (run: typeof on) => run?.report.iterations.map(({ accuracy }) => accuracy) ?? [];
    expect(restarted?.report.iterations[0]).toMatchObject({ accuracy: accuracies(on)[0] });
    // A toy learns with every step: one that goes on has learned twice as long in the end.
    expect(accuracies(on)[1]).toBeGreaterThan(accuracies(restarted)[1] ?? 1);
    expect(restarted?.cast.student.calls.filter((call) => call === 'restore').length).toBeGreaterThan(0);
  });

  it('writes about images drawn afresh for the share that is asked for', async () => {
    const freshShare = async (freshImages: number) => {
      const { ledger } = await watchedRun(newHome(), toySettings({ freshImages }));
      const pool = await recordsOf(ledger);
      const byId = new Map(pool.map((record) => [record.id, record]));
      const written = pool.filter(({ seedId }) => seedId !== undefined);
      return written.filter(({ image, seedId }) => image !== byId.get(seedId ?? '')?.image).length / written.length;
    };
    const [none, half, all] = await Promise.all([0, 0.5, 1].map(freshShare));
    expect(none).toBe(0);
    expect(half).toBeGreaterThan(0.2);
    expect(half).toBeLessThan(0.8);
    expect(all).toBe(1);
  });
});

describe('the planned pool', () => {
  it('is what every growth that reaches its target leads to', () => {
    const growth = fc.double({ min: 0, max: 4, noNaN: true });
    const mode = fc.constantFrom('accumulate' as const, 'replace' as const);
    fc.assert(fc.property(fc.integer({ min: 1, max: 5000 }), growth, growth, growth, mode, (first, growth1, growth2, growth3, poolMode) => {
      const settings = { ...defaults, growth1, growth2, growth3, poolMode };
      let size = first;
      for (let k = 1; k < 6; k++) {
        expect(plannedPool(k, first, settings)).toBe(size);
        size = growthTarget(k, size, settings) + (poolMode === 'accumulate' ? size : 0);
      }
    }));
  });
});

describe('augmentation', () => {
  const recordOf = (id: string): InstructionRecord => ({ id, image: `red-star-pool-${id}`, instruction: questions[0], answer: 'red', source: 'dataset', iteration: 0 });

  /** Augments around seeds by an augmentor that says `texts` in turn, and tells which kind it was asked for. */
  async function augmented(seeds: Seeds, changed: Partial<Settings>, target = 20, texts: readonly string[] = questions.slice(1)) {
    const settings = { ...defaults, ...changed };
    const ledger = await Ledger.open(await openPools(newHome().database), 'run', new TestItems([]));
    const asked: { kind: string; image: string }[] = [];
    const players = {
      augments: async (given: { kind: 'difficult' | 'easy'; image: string }[]) => given.map(({ kind, image }) => {
        asked.push({ kind, image });
        return { text: texts[asked.length % texts.length] ?? '', tokens: 1 };
      }),
      teacherAnswers: async (given: unknown[]) => given.map(() => ({ text: 'yes', tokens: 1 })),
      chooses: async (wishes: { among: string[] }[]) => wishes.map(({ among }) => among[0] as string),
      isSure: async (answered: unknown[]) => answered.map(() => true),
      softens: async <T>(records: T) => records,
    };
    const work = new Work(ledger, new Gate(), new Progress(() => undefined));
    await work.once({ iteration: 0, phase: 'load', item: 'all' }, null, async () => (
      { result: null, items: 0, tokens: 0, writes: { added: [...seeds.difficult, ...seeds.easy] } }
    ));
    const growth = await new Augmentation({ data: toyWorld, settings, work, players }, 1, target, seeds, null).go();
    return { growth, asked };
  }
  const many = (from: number) => Array.from({ length: 40 }, (_, i) => recordOf(String(from + i)));

  it('takes difficult seeds alone, unless easy ones are asked for', async () => {
    const share = async (easyRatio: number) => {
      const { asked } = await augmented({ difficult: many(0), easy: many(40) }, { easyRatio }, 40);
      return asked.filter(({ kind }) => kind === 'easy').length / asked.length;
    };
    expect(await share(0)).toBe(0);
    expect(await share(1)).toBe(1);
    const half = await share(0.5);
    expect(half).toBeGreaterThan(0.2);
    expect(half).toBeLessThan(0.8);
  });

  it('adds nothing where nothing is difficult, unless easy seeds are wanted at all', async () => {
    expect((await augmented({ difficult: [], easy: many(0) }, { easyRatio: 0 })).growth).toEqual({ generated: 0, kept: 0, dropped: {} });
    expect((await augmented({ difficult: [], easy: many(0) }, { easyRatio: 0.5 })).growth.kept).toBe(20);
  });

  it('gives up after so many tries for each wanted record', async () => {
    const { growth } = await augmented({ difficult: many(0), easy: [] }, { augmentRounds: 3 }, 10, ['no']);
    expect(growth).toEqual({ generated: 30, kept: 0, dropped: { 'too short': 30 } });
  });
});
