/** What version 1 of the database had stored is there in this one. */
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
