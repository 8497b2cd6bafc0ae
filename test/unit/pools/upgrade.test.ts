/** What older versions of the database had stored is there in this one. */
import 'fake-indexeddb/auto';
import { openDB } from 'idb';
import { describe, expect, it, vi } from 'vitest';
import { firstOf } from '../../../src/data/drawn';
import { openPools } from '../../../src/pools/database';
import { Ledger } from '../../../src/pools/ledger';
import { storedRun } from '../../../src/pools/runs';
import { TestItems } from '../../../src/pools/test-items';
import { settingsOf } from '../../../src/presets';
import { conductorAt, newHome } from '../../support/toy-run';

const recordOf = (id: string, iteration: number) => ({ id, image: `${id}.png`, instruction: `what is ${id}`, answer: id, source: 'dataset' as const, iteration });
const markRow = { run: 'run', iteration: 1, phase: 'augment', item: 'batch', result: 7, items: 1, calls: 1, tokens: 1, seconds: 1, clock: 3 };
const assessment = { run: 'run', iteration: 1, id: 'a', teacherAnswer: 'x', studentAnswer: 'y', sheets: [], right: null };

/** A database as version 1 made it, closed again; its records were stored in any order. */
async function version1(name: string, state: string): Promise<void> {
  const database = await openDB(name, 1, {
    upgrade(old) {
      old.createObjectStore('runs', { keyPath: 'id' });
      old.createObjectStore('records', { keyPath: ['run', 'id'] });
      old.createObjectStore('assessments', { keyPath: ['run', 'iteration', 'id'] });
      old.createObjectStore('journal', { keyPath: ['run', 'iteration', 'phase', 'item'] });
    },
  });
  await database.put('runs', { id: 'run', preset: 'tiny', settings: settingsOf('tiny'), started: '2024-01-01T00:00:00Z', state, report: null });
  for (const record of [recordOf('k1-0', 1), recordOf('b', 0), recordOf('a', 0), ...Array.from({ length: 40 }, (_, i) => recordOf(`c${i + 10}`, 0))]) {
    await database.put('records', { ...record, run: 'run', pools: ['tuning', 'cache'] });
  }
  await database.put('journal', markRow);
  await database.put('assessments', assessment);
  database.close();
}

/** Blocks of version 2 or 3: of so many records each, one after another in a segment. */
function oldBlocks(segment: number, begin: string, lengths: readonly number[]) {
  return lengths.map((length, i) => {
    const place = lengths.slice(0, i).reduce((sum, each) => sum + each, 0);
    const records = Array.from({ length }, (_, at) => ({ ...recordOf(`${begin}${place + at}`, 0), image: `${begin}.png`, iteration: undefined }));
    return { run: 'run', segment, place, records, ids: records.map((_, at) => ['run', at]), images: [['run', 7, segment, place]] };
  });
}

const segments = [{ id: 0, iteration: 0, size: 1100, file: null }, { id: 1, iteration: 1, size: 5, file: null }, { id: 3, iteration: 0, size: 40, file: 'pool.json' }];
/** How 1,100, 5 and 40 records lay in blocks: of any length in version 2, and all but the last one full in version 3. */
const lengths = {
  2: [Array.from({ length: 100 }, () => 11), [1, 1, 3], [16, 16, 8]],
  3: [[...Array.from({ length: 68 }, () => 16), 12], [5], [16, 16, 8]],
} as const;

/** A database as version 2 or 3 made it, with an import that broke off. */
async function withBlocks(version: 2 | 3, name: string): Promise<void> {
  const database = await openDB(name, version, {
    upgrade(old) {
      old.createObjectStore('runs', { keyPath: 'id' });
      old.createObjectStore('pools', { keyPath: 'run' });
      const blocks = old.createObjectStore('blocks', { keyPath: ['run', 'segment', 'place'] });
      if (version === 2) blocks.createIndex('id', 'ids', { multiEntry: true });
      else old.createObjectStore('ids', { keyPath: ['run', 'segment', 'place'] });
      blocks.createIndex('image', 'images', { multiEntry: true });
      old.createObjectStore('assessments', { keyPath: ['run', 'iteration', 'id'] });
      old.createObjectStore('journal', { keyPath: ['run', 'iteration', 'phase', 'item'] });
    },
  });
  await database.put('runs', { id: 'run', preset: 'tiny', settings: settingsOf('tiny'), started: '2024-01-01T00:00:00Z', state: 'paused', report: null });
  await database.put('pools', { run: 'run', segments, next: 5, staging: 4 });
  const [a, b, c] = lengths[version];
  for (const block of [...oldBlocks(0, 'a', a), ...oldBlocks(1, 'b', b), ...oldBlocks(3, 'c', c), ...oldBlocks(4, 'd', [16])]) await database.put('blocks', block);
  if (version === 3) await database.put('ids', { run: 'run', segment: 0, place: 0, keys: new Uint32Array(1024) });
  await database.put('journal', markRow);
  await database.put('assessments', assessment);
  database.close();
}

const numbered = (begin: string, count: number): string[] => Array.from({ length: count }, (_, i) => `${begin}${i}`);

describe.each([2, 3] as const)('a database of version %i', (version) => {
  it('keeps its records under their ordinals, found as those of this version are, and all else', async () => {
    await withBlocks(version, `blocks-${version}`);
    const database = await openPools(`blocks-${version}`);
    const ledger = await Ledger.open(database, 'run', new TestItems([]));
    const ids = [...numbered('a', 1100), ...numbered('c', 40), ...numbered('b', 5)];
    expect((await firstOf(ledger.pool.each(), Infinity)).map(({ id }) => id)).toEqual(ids);
    expect((await ledger.pool.at([1144, 0, 1099, 1100])).map(({ id, iteration }) => [id, iteration])).toEqual([['b4', 1], ['a0', 0], ['a1099', 0], ['c0', 0]]);
    expect([...(await ledger.pool.withIds([...ids, 'd0'])).keys()].sort()).toEqual([...ids].sort());
    const heard: string[] = [];
    await ledger.pool.ofImages(['c.png', 'd.png'], 1, ({ id }) => heard.push(id));
    expect(heard.sort()).toEqual(numbered('c', 40).sort());
    expect(ledger.mark({ iteration: 1, phase: 'augment', item: 'batch' })?.result).toBe(7);
    expect(await ledger.assessments(1)).toHaveLength(1);
    expect((await storedRun(database))?.state).toBe('paused');
    expect([...database.objectStoreNames].sort()).toEqual(['assessments', 'blocks', 'journal', 'keys', 'pools', 'runs']);
  });

  it('goes on growing where it was', async () => {
    await withBlocks(version, `growing-${version}`);
    const ledger = await Ledger.open(await openPools(`growing-${version}`), 'run', new TestItems([]));
    const { result: _, ...mark } = markRow;
    await ledger.commit({ iteration: 1, phase: 'augment', item: 'next' }, { ...mark, result: null }, { added: [recordOf('new', 1)] });
    expect((await ledger.pool.at([1144, 1145])).map(({ id }) => id)).toEqual(['b4', 'new']);
  });

  it('is left as it was where the upgrade fails', async () => {
    const name = `broken-${version}`;
    await withBlocks(version, name);
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => { throw new DOMException('no room', 'QuotaExceededError'); });
    await expect(openPools(name)).rejects.toThrow('no room');
    vi.restoreAllMocks();
    const still = await openDB(name);
    expect(still.version).toBe(version);
    expect(await still.count('blocks')).toBe(lengths[version].flat().length + 1);
    still.close();
  });
});

describe('a database of version 1', () => {
  it('keeps its records, counted by iteration and id, and all else', async () => {
    await version1('old', 'finished');
    const database = await openPools('old');
    const ledger = await Ledger.open(database, 'run', new TestItems([]));
    expect((await firstOf(ledger.pool.each(), Infinity)).map(({ id }) => id)).toEqual(['a', 'b', ...Array.from({ length: 40 }, (_, i) => `c${i + 10}`), 'k1-0']);
    expect(await ledger.pool.at([0, 42])).toEqual([recordOf('a', 0), recordOf('k1-0', 1)]);
    expect(await ledger.pool.size(0)).toBe(42);
    expect(ledger.mark({ iteration: 1, phase: 'augment', item: 'batch' })?.result).toBe(7);
    expect(await ledger.assessments(1)).toHaveLength(1);
    expect((await storedRun(database))?.state).toBe('finished');
    expect([...database.objectStoreNames]).not.toContain('records');
  });

  it.each(['running', 'paused', 'failed'])('ends a run that was %s, and says why', async (state) => {
    const home = { ...newHome(), database: `old-${state}` };
    await version1(home.database, state);
    const { conductor, events, listen } = conductorAt(home);
    await listen();
    expect((await conductor.state()).state).toBe('stopped');
    expect(events.some((event) => event.type === 'notice' && event.text.includes('older version'))).toBe(true);
    await conductor.resume();
    expect((await conductor.state()).state).toBe('stopped');
  });

  it('is left as it was where the upgrade fails', async () => {
    await version1('broken', 'finished');
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => { throw new DOMException('no room', 'QuotaExceededError'); });
    await expect(openPools('broken')).rejects.toThrow('no room');
    vi.restoreAllMocks();
    const still = await openDB('broken');
    expect(still.version).toBe(1);
    expect(await still.count('records')).toBe(43);
    still.close();
  });

  it('is waited for no longer than a page of the older version lets it', async () => {
    await version1('held', 'finished');
    const older = await openDB('held', 1);
    await expect(openPools('held')).rejects.toMatchObject({ code: 'run/busy' });
    older.close();
  });
});
