import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assessable, eachTuned, tuningPool } from '../../../src/comd/method-pools';
import { Ledger } from '../../../src/pools/ledger';
import { openPools } from '../../../src/pools/database';
import { TestItems } from '../../../src/pools/test-items';
import { settingsOf } from '../../../src/presets';
import { newHome } from '../../support/toy-run';

/** A pool with so many records an iteration, named by their iteration and place. */
async function poolOf(sizes: readonly number[]) {
  const ledger = await Ledger.open(await openPools(newHome().database), 'run', new TestItems([]));
  for (const [iteration, size] of sizes.entries()) {
    const added = Array.from({ length: size }, (_, at) => (
      { id: `${iteration}-${at}`, image: 'image', instruction: `what is ${iteration} ${at}?`, answer: 'yes', source: 'dataset' as const, iteration }
    ));
    await ledger.commit({ iteration, phase: 'load', item: 'all' }, { result: null, items: 0, calls: 0, tokens: 0, seconds: 0, clock: 0 }, { added });
  }
  return ledger.pool;
}

const sizes = fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 4 }).map(([first = 0, ...later]) => [first + 1, ...later]);

describe('the pools of the method', () => {
  test('together hold every record once: what is tuned on, and the reserve', async () => {
    await fc.assert(fc.asyncProperty(sizes, fc.integer({ min: 1, max: 40 }), fc.integer({ min: 0, max: 40 }), async (added, first, reserve) => {
      const settings = settingsOf('quick', { pool: first, reserve });
      const pool = await poolOf(added);
      const iteration = added.length;
      const tuned = await tuningPool(pool, iteration, settings);
      const range = await assessable(pool, iteration, settings);
      const held = Math.min(reserve, Math.max(0, (added[0] as number) - first));
      const idsTuned = (await tuned.records(Array.from({ length: tuned.size }, (_, at) => at))).map(({ id }) => id);
      const idsAssessed = (await pool.at(Array.from({ length: range.size }, (_, at) => range.from + at))).map(({ id }) => id);
      expect(idsAssessed).toHaveLength(held || added.reduce((sum, size) => sum + size));
      expect(idsTuned).toHaveLength(added.reduce((sum, size) => sum + size) - held);
      if (held > 0) expect(idsTuned.filter((id) => idsAssessed.includes(id))).toEqual([]);
      const whole: string[] = [];
      for await (const { id } of eachTuned(pool, settings)) whole.push(id);
      expect(idsTuned).toEqual(whole);
    }), { numRuns: 40 });
  });

  test('where pools are replaced, hold the newest records alone, and of the first ones not the reserve', async () => {
    const settings = settingsOf('quick', { pool: 5, reserve: 3, poolMode: 'replace' });
    const pool = await poolOf([8, 4]);
    const ids = async (iteration: number) => {
      const { size, records } = await tuningPool(pool, iteration, settings);
      return (await records(Array.from({ length: size }, (_, at) => at))).map(({ id }) => id);
    };
    expect(await ids(1)).toEqual(['0-0', '0-1', '0-2', '0-3', '0-4']);
    expect(await ids(2)).toEqual(['1-0', '1-1', '1-2', '1-3']);
  });
});
