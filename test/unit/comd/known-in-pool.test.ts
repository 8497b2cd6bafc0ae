/** What a pool knows, against the same instructions in memory. */
import 'fake-indexeddb/auto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KnownInstructions } from '../../../src/comd/filters';
import { KnownInPool } from '../../../src/comd/known-in-pool';
import type { InstructionRecord } from '../../../src/data/types';
import { openPools } from '../../../src/pools/database';
import { Ledger } from '../../../src/pools/ledger';
import { TestItems } from '../../../src/pools/test-items';
import { defaults } from '../../../src/settings';

const mark = { result: null, items: 1, calls: 1, tokens: 1, seconds: 1, clock: 1 };
const asked = fc.record({ image: fc.constantFrom('cat', 'dog', ''), instruction: fc.array(fc.constantFrom('what', 'is', 'the', 'hat', 'left'), { minLength: 1, maxLength: 5 }).map((words) => words.join(' ')) });
const settings = fc.record({ dedupe: fc.constantFrom('image' as const, 'global' as const), rougeLimit: fc.constantFrom(0.7, 1), dropRepeats: fc.boolean() }).map((own) => ({ ...defaults, ...own }));
let databases = 0;

async function ledgerOf(rows: readonly { image: string; instruction: string }[], iteration = 0): Promise<Ledger> {
  const ledger = await Ledger.open(await openPools(`known-${databases++}`), 'run', new TestItems([]));
  await ledger.commit({ iteration, phase: 'load', item: 'all' }, mark, { added: rows.map(recordOf) });
  return ledger;
}
const recordOf = (row: { image: string; instruction: string }, i: number): InstructionRecord => ({ ...row, id: String(i), answer: 'it', source: 'dataset', iteration: 0 });

describe('what is known in a pool', () => {
  it('makes the same faults as all of it in memory, before and after more is added', async () => {
    await fc.assert(fc.asyncProperty(fc.array(asked, { maxLength: 12 }), fc.array(asked, { maxLength: 3 }), fc.array(asked, { maxLength: 6 }), settings, async (rows, more, candidates, wanted) => {
      const known = new KnownInPool((await ledgerOf(rows)).pool, 1, wanted);
      const inMemory = new KnownInstructions(wanted);
      for (const { image, instruction } of rows) inMemory.add(image, instruction);
      for (const added of [[], more]) {
        await known.recall(candidates.map(({ image }) => image));
        for (const { image, instruction } of added) {
          known.add(image, instruction);
          inMemory.add(image, instruction);
        }
        for (const { image, instruction } of candidates) expect(known.fault(image, instruction)).toBe(inMemory.fault(image, instruction));
      }
    }), { numRuns: 40 });
  });

  it('knows what its own iteration added, and nothing of a file that came in meanwhile', async () => {
    const ledger = await ledgerOf([{ image: 'cat', instruction: 'what is it then' }], 1);
    const staged = await ledger.stage();
    await staged.add([recordOf({ image: 'cat', instruction: 'how many hats are there' }, 9)]);
    await staged.join('file', mark, () => Promise.resolve(1));
    for (const [iteration, faults] of [[0, [null, null]], [1, ['duplicate', null]], [2, ['duplicate', 'duplicate']]] as const) {
      const known = new KnownInPool(ledger.pool, iteration, defaults);
      await known.recall(['cat']);
      expect(['what is it then', 'how many hats are there'].map((instruction) => known.fault('cat', instruction))).toEqual(faults);
    }
  });

  it('looks images up again that were not asked about for long, with what was added meanwhile', async () => {
    const ledger = await ledgerOf([]);
    const known = new KnownInPool(ledger.pool, 1, defaults);
    await known.recall(['cat']);
    await ledger.commit({ iteration: 1, phase: 'augment', item: 'new' }, mark, { added: [recordOf({ image: 'cat', instruction: 'what is it then' }, 1)] });
    known.add('cat', 'what is it then');
    await known.recall(Array.from({ length: 1100 }, (_, i) => `image ${i}`));
    expect(() => known.fault('cat', 'anything')).toThrow('not been looked up');
    await known.recall(['cat']);
    expect(known.fault('cat', 'What is it then?')).toBe('duplicate');
  });
});
