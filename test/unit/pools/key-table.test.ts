/** A key's numbers, whatever shares its chain and however often the table grew. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeyTable } from '../../../src/pools/key-table';

describe('a table of keys', () => {
  it('finds what a list finds', () => {
    // Few low bits, so that keys share chains; some high ones, so that those who do differ.
    const key = fc.tuple(fc.nat(5), fc.nat(3)).map(([low, high]) => (low + high * 2 ** 30) >>> 0);
    fc.assert(fc.property(fc.array(fc.array(key, { maxLength: 150 }), { maxLength: 6 }), (added) => {
      const table = new KeyTable();
      for (const keys of added) table.add(Uint32Array.from(keys));
      const all = added.flat();
      expect(table.size).toBe(all.length);
      for (const asked of new Set([...all, 4_000_000_000])) expect(table.find(asked)).toEqual([...all.keys()].filter((number) => all[number] === asked));
    }));
  });
});
