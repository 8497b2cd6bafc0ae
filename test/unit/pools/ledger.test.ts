/** The ledger: all of a transaction or nothing of it. */
import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { firstOf } from '../../../src/data/drawn';
import type { InstructionRecord } from '../../../src/data/types';
import { openPools, type PoolsDatabase } from '../../../src/pools/database';
import { Ledger } from '../../../src/pools/ledger';
import { beginRun, changeRun, discardRun, storedRun } from '../../../src/pools/runs';
import { TestItems } from '../../../src/pools/test-items';
import { settingsOf } from '../../../src/presets';

const mark = { result: null, items: 1, calls: 1, tokens: 1, seconds: 1, clock: 1 };
const key = (item: string, iteration = 0) => ({ iteration, phase: 'augment' as const, item });
const recordOf = (id: string, iteration = 0): InstructionRecord => (
  { id, image: `${id}.png`, instruction: `what is ${id}`, answer: id, source: 'dataset', iteration }
);
const all = (of: Ledger, iteration?: number) => firstOf(of.pool.each(iteration), Infinity);

let database: PoolsDatabase;
let ledger: Ledger;
let count = 0;
const nothing = new TestItems([]);

beforeEach(async () => {
  database = await openPools(`ledger-${count++}`);
  ledger = await Ledger.open(database, 'run', new TestItems([{ image: 'leak.png', instruction: 'What is leak?' }]));
  await ledger.commit(key('first'), mark, { added: [recordOf('b'), recordOf('a')] });
});
afterEach(() => vi.restoreAllMocks());

/** Everything that the run has stored. */
async function contents() {
  return [await database.getAll('pools'), await database.getAll('blocks'), await database.getAll('keys'), await database.getAll('assessments'), await database.getAll('journal')];
}

/** Lets the n-th write from now on find the disk full. */
function fillDisk(at: number) {
  let writes = 0;
  const put = Reflect.get(IDBObjectStore.prototype, 'put') as IDBObjectStore['put'];
  vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore, ...given) {
    if (++writes === at) throw new DOMException('no room', 'QuotaExceededError');
    return put.apply(this, given);
  });
}

describe('the ledger', () => {
  it('knows after a reload what was marked, and what is not', async () => {
    await ledger.commit(key('second'), { ...mark, result: { text: 'hi' }, clock: 7 });
    const again = await Ledger.open(database, 'run', nothing);
    expect(again.mark(key('second'))).toMatchObject({ result: { text: 'hi' } });
    expect(again.mark(key('second', 2))).toBeUndefined();
    expect(again.clock()).toBe(7);
    expect(again.secondsOf(0, 'augment')).toBe(2);
  });

  it('keeps runs apart', async () => {
    const other = await Ledger.open(database, 'run2', nothing);
    expect(other.mark(key('first'))).toBeUndefined();
    expect(await all(other)).toEqual([]);
    expect(await other.pool.size()).toBe(0);
  });

  it('gives a pool as it was at an iteration, in the order in which it grew', async () => {
    await ledger.commit(key('more', 1), mark, { added: [recordOf('0', 1)] });
    expect((await all(ledger)).map(({ id, iteration }) => [id, iteration])).toEqual([['b', 0], ['a', 0], ['0', 1]]);
    expect((await all(ledger, 0)).map(({ id }) => id)).toEqual(['b', 'a']);
  });

  it('replaces a record in its place', async () => {
    await ledger.commit(key('relabel'), mark, { replaced: [{ ordinal: 1, record: { ...recordOf('a'), answer: 'mended' } }] });
    expect((await all(ledger)).map(({ answer }) => answer)).toEqual(['b', 'mended']);
    expect(await ledger.pool.size()).toBe(2);
  });

  it('replaces and adds at once, in the same block and beyond it', async () => {
    const added = Array.from({ length: 40 }, (_, i) => recordOf(`more ${i}`));
    await ledger.commit(key('both'), mark, { added, replaced: [{ ordinal: 0, record: { ...recordOf('b'), answer: 'mended' } }] });
    expect((await all(ledger)).map(({ answer }) => answer)).toEqual(['mended', 'a', ...added.map(({ answer }) => answer)]);
    expect((await ledger.pool.withIds(['a', 'more 0', 'more 39'])).size).toBe(3);
  });

  it('refuses to put a record in the place of another one, or of none', async () => {
    const before = await contents();
    for (const ordinal of [0, 2]) {
      await expect(ledger.commit(key('relabel'), mark, { replaced: [{ ordinal, record: recordOf('a') }] })).rejects.toThrow(`record ${ordinal}`);
    }
    await expect(ledger.commit(key('relabel'), mark, { replaced: [{ ordinal: 1, record: { ...recordOf('a'), image: 'other.png' } }] })).rejects.toThrow('record 1');
    expect(await contents()).toEqual(before);
  });

  it('refuses a test item by its content and then stores nothing', async () => {
    const before = await contents();
    const leak = { ...recordOf('x'), image: 'leak.png', instruction: 'what is  LEAK' };
    await expect(ledger.commit(key('leak'), mark, { added: [recordOf('c'), leak] })).rejects.toMatchObject({ code: 'pools/test-item' });
    expect(await contents()).toEqual(before);
    expect(ledger.mark(key('leak'))).toBeUndefined();
  });

  it.each([1, 2, 3, 4, 5])('stores nothing when the disk is full at write %i of five', async (at) => {
    const before = await contents();
    fillDisk(at);
    const assessment = { iteration: 1, id: 'a', teacherAnswer: 'x', studentAnswer: 'y', sheets: [], right: null };
    const commit = ledger.commit(key('full'), mark, { added: [recordOf('c')], replaced: [{ ordinal: 1, record: recordOf('a') }], assessments: [assessment] });
    await expect(commit).rejects.toMatchObject({ code: 'pools/quota' });
    vi.restoreAllMocks();
    expect(await contents()).toEqual(before);
    expect(ledger.mark(key('full'))).toBeUndefined();
  });
});

describe('a stored run', () => {
  const summary = { id: 'run', preset: 'tiny' as const, settings: settingsOf('tiny'), started: '2024-01-01T00:00:00Z' };

  it('changes its state and keeps its settings', async () => {
    await beginRun(database, summary);
    await changeRun(database, 'run', 'paused');
    expect(await storedRun(database)).toEqual({ ...summary, state: 'paused', report: null });
  });

  it('is forgotten whole, and no other with it', async () => {
    await beginRun(database, summary);
    const other = await Ledger.open(database, 'run2', nothing);
    await other.commit(key('first'), mark, { added: [recordOf('z')] });
    await discardRun(database, 'run');
    expect(await storedRun(database)).toBeNull();
    expect([...await database.getAll('pools'), ...await database.getAll('blocks'), ...await database.getAll('keys'), ...await database.getAll('journal')].map((row) => row.run)).toEqual(['run2', 'run2', 'run2', 'run2']);
  });
});
