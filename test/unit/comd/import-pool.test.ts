/** A pool file that a user adds: all of it or nothing, and only for iterations that are yet to come. */
import fc from 'fast-check';
import { unzipSync } from 'fflate';
import { beforeEach, describe, expect, it } from 'vitest';
import { iterationKey } from '../../../src/comd/cycle';
import type { RunEvent } from '../../../src/comd/events';
import { importPool } from '../../../src/comd/import-pool';
import { imageFile } from '../../../src/comd/leave';
import type { Report } from '../../../src/comd/report';
import { toLlava, type LlavaRecord } from '../../../src/data/llava';
import type { InstructionRecord } from '../../../src/data/types';
import { openPools, type PoolsDatabase } from '../../../src/pools/database';
import { Ledger } from '../../../src/pools/ledger';
import { TestItems } from '../../../src/pools/test-items';
import { conductorAt, type Home, newHome, reached, recordsOf, runThrough, timeless, toySettings } from '../../support/toy-run';
import { toyWorld } from '../../support/toy-world';

const settings = toySettings();
const recordOf = (id: string, image = 'red-star-pool-900'): InstructionRecord => (
  { id, image, instruction: `what is ${id}`, answer: id, source: 'dataset', iteration: 0 }
);

const textOf = (records: readonly InstructionRecord[]) => JSON.stringify(records.map((record) => toLlava(record)));
const fileOf = (records: readonly InstructionRecord[], name: string) => new File([textOf(records)], name);

describe('a pool file', () => {
  let database: PoolsDatabase;
  let ledger: Ledger;
  beforeEach(async () => {
    database = await openPools(newHome().database);
    ledger = await Ledger.open(database, 'run', new TestItems([{ image: 'red-moon-test-1', instruction: 'What is leak?' }]));
    await bring([recordOf('a')]);
  });

  const bring = (records: InstructionRecord[], file = 'pool.json') => importPool({ data: toyWorld, ledger, settings }, fileOf(records, file));
  const contents = async () => [await database.getAll('blocks'), await database.getAll('journal'), await ledger.pool.size()];

  it('brings its records into the pool as ones of the iteration under way', async () => {
    const mark = { result: null, items: 0, calls: 0, tokens: 0, seconds: 0, clock: 0 };
    await ledger.commit(iterationKey(1), mark);
    expect(await bring([recordOf('b'), recordOf('c')])).toBe(2);
    const brought = ['b', 'c'].map((id) => ({ ...recordOf(id), id: `pool.json/${id}`, iteration: 2 }));
    expect(await recordsOf(ledger)).toEqual([{ ...recordOf('a'), id: 'pool.json/a', iteration: 1 }, ...brought]);
    expect(await recordsOf(ledger, 1)).toHaveLength(1);
  });

  it('may name an image as the data set does or as a download does', async () => {
    await bring([recordOf('b'), recordOf('c', imageFile('red-star-pool-900'))]);
    expect((await recordsOf(ledger)).map(({ image }) => image)).toEqual(new Array(3).fill('red-star-pool-900'));
  });

  it('may use the ids that another file uses, and that augmentation will give', async () => {
    const id = fc.stringMatching(/^[a-z]{1,6}$|^k[1-3]-00000[0-9]$/);
    await fc.assert(fc.asyncProperty(fc.uniqueArray(id), async (ids) => {
      ledger = await Ledger.open(database, newHome().database, new TestItems([]));
      expect(await bring(ids.map((each) => recordOf(each)), 'one.json')).toBe(ids.length);
      expect(await bring(ids.map((each) => recordOf(each)), 'two.json')).toBe(ids.length);
      expect((await recordsOf(ledger)).map((record) => record.id))
        .toEqual(['one.json', 'two.json'].flatMap((file) => ids.map((each) => `${file}/${each}`)));
    }), { numRuns: 20 });
  });

  it.each([
    ['after a row whose exchange would have it', [['a', 2], ['a/1', 1]], /Row 2 of "pool.json".*id is "a\/1"/],
    ['before a row whose exchange would have it', [['a/2', 1], ['a', 2]], /Row 2 of "pool.json".*exchange 2 would be "a\/2"/],
  ] as const)('is refused for an id that stands %s', async (_, rows, message) => {
    const turns = (count: number) => Array.from({ length: count }, (_, i) => [{ from: 'human', value: `<image>\nwhat is ${i}?` }, { from: 'gpt', value: `${i}` }]).flat();
    const text = JSON.stringify(rows.map(([id, count]) => ({ id, image: 'red-star-pool-900', conversations: turns(count) })));
    await expect(importPool({ data: toyWorld, ledger, settings }, new File([text], 'pool.json')))
      .rejects.toMatchObject({ code: 'data/malformed-record', message: expect.stringMatching(message) as string });
  });

  it.each([
    ['has a malformed row', '[{"id": "c"}]', 'data/malformed-record', /Row 1 of "pool.json"/],
    ['was brought before', textOf([recordOf('c'), recordOf('a')]), 'data/malformed-record', /Row 2 of "pool.json"/],
    ['names an image that there is not', textOf([recordOf('c'), recordOf('d', 'red-dragon-pool-1.png')]), 'data/missing-image', /Row 2 of "pool.json".*"red-dragon-pool-1.png"/],
    ['has a record of no image', textOf([recordOf('c', '')]), 'data/missing-image', /Row 1 of "pool.json".*names no image/],
    ['has a row without a question', '[{"id": "c", "image": "red-star-pool-900", "caption": "a red star"}]', 'data/malformed-record', /Row 1 of "pool.json".*no question/],
    ['brings an id twice', textOf([recordOf('c'), recordOf('c')]), 'data/malformed-record', /Row 2 of "pool.json".*id/],
    ['is no file of rows', 'once upon a time', 'data/unreadable', /"pool.json"/],
    ['holds a test item', textOf([recordOf('c'), { ...recordOf('leak', 'red-moon-test-1.png') }]), 'pools/test-item', /"pool.json\/leak"/],
  ])('that %s leaves the pools as they were', async (_, text, code, message) => {
    const before = await contents();
    await expect(importPool({ data: toyWorld, ledger, settings }, new File([text], 'pool.json'))).rejects.toMatchObject({ code, message: expect.stringMatching(message) as string });
    expect(await contents()).toEqual(before);
  });

  it('is refused in the last iteration, since no later one would learn from it', async () => {
    const before = await contents();
    const short = { data: toyWorld, ledger, settings: { ...settings, iterations: 1 } };
    await expect(importPool(short, fileOf([recordOf('b')], 'late.json'))).rejects.toMatchObject({ code: 'run/busy' });
    expect(await contents()).toEqual(before);
  });
});

describe('a run', () => {
  const fresh = fileOf(['b', 'c', 'd', 'e', 'f', 'g', 'h'].map((id, i) => recordOf(id, `blue-heart-pool-${900 + i}`)), 'fresh.json');
  const inStage1 = (events: RunEvent[]) => events.filter(({ type }) => type === 'loss').length > 3;
  const inTuning = (events: RunEvent[]) => events.some((event) => event.type === 'loss' && event.iteration === 1);
  const inAssessment = (events: RunEvent[]) => events.some(({ type }) => type === 'assessed');

  /** A run that is paused in the first call of a model after `there`; the call is answered only by `release`. */
  async function pausedWhere(there: (events: RunEvent[]) => boolean, home: Home, wanted = settings) {
    let release: () => void = () => undefined;
    let arrive: () => void = () => undefined;
    const arrived = new Promise<void>((resolve) => { arrive = resolve; });
    const released = new Promise<void>((resolve) => { release = resolve; });
    const { conductor, events, listen } = conductorAt(home, () => {
      if (!there(events)) return undefined;
      arrive();
      return released;
    });
    await listen();
    await conductor.start('tiny', wanted);
    await arrived;
    await conductor.pause();
    return { conductor, release };
  }

  async function finished(conductor: ReturnType<typeof conductorAt>['conductor']): Promise<Report> {
    await conductor.resume();
    expect(await reached(conductor, 'finished', 'failed')).toBe('finished');
    return await conductor.report() as Report;
  }

  it.each([
    ['stage 1', inStage1, settings],
    ['tuning', inTuning, settings],
    ['assessment', inAssessment, settings],
    ['tuning, with replaced pools and relabelling', inTuning, toySettings({ poolMode: 'replace', relabelWithTeacher: true, growth1: 1, growth2: 1 })],
  ])('paused in %s takes records for the next iteration, and reports the same whether it was reloaded or not', async (_, there, wanted) => {
    const [undisturbed] = (await runThrough(newHome(), wanted)).iterations;
    const live = await pausedWhere(there, newHome(), wanted);
    expect(await live.conductor.importPool(fresh)).toBe(7);
    live.release();
    const report = await finished(live.conductor);
    expect(timeless(report.iterations[0])).toEqual(timeless(undisturbed));
    expect(report.iterations[1]?.cachePool).toBe((undisturbed?.cachePool ?? 0) + (undisturbed?.kept ?? 0) + 7);

    const home = newHome();
    await (await pausedWhere(there, home, wanted)).conductor.importPool(fresh);
    expect(timeless(await finished(conductorAt(home).conductor))).toEqual(timeless(report));
  });

  it('takes the pool that it left itself', async () => {
    const { conductor } = await pausedWhere(inAssessment, newHome());
    const pool = unzipSync(await (await conductor.download()).bytes())['pools/tuning.json'];
    const text = new TextDecoder().decode(pool);
    expect(await conductor.importPool(new File([text], 'tuning.json'))).toBe((JSON.parse(text) as LlavaRecord[]).length);
  });

  it('takes no records unless it is paused', async () => {
    const { conductor, release } = await pausedWhere(inTuning, newHome());
    const idle = conductorAt(newHome()).conductor;
    await expect(idle.importPool(fresh)).rejects.toMatchObject({ code: 'run/busy', remedy: 'Pause the run first.' });
    release();
    await conductor.resume();
    await expect(conductor.importPool(fresh)).rejects.toMatchObject({ code: 'run/busy', remedy: 'Pause the run first.' });
    await conductor.stop();
    await expect(conductor.importPool(fresh)).rejects.toMatchObject({ code: 'run/busy' });
  });

  it('refuses a test item of its own data set', async () => {
    const { conductor } = await pausedWhere(inTuning, newHome());
    const leak = (await toyWorld.test(1)).map((item) => ({ ...recordOf('leak'), image: item.image, instruction: item.instruction }));
    await expect(conductor.importPool(fileOf(leak, 'leak.json'))).rejects.toMatchObject({ code: 'pools/test-item' });
  });
});
