/** Rows that are drawn one by one, and how some of them are taken. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { distinct, firstOf, inChunks, SliceReader } from '../../../src/data/drawn';

async function* upTo(end: number): AsyncGenerator<number> {
  for (let i = 0; i < end; i++) yield i;
}

describe('distinct draws', () => {
  it('give each id once, in the order in which they first came, and end where nothing new comes', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.nat(9), { minLength: 1, maxLength: 40 }), async (ids) => {
      const drawn = await firstOf(distinct((i) => ({ id: String(ids[i % ids.length]) })), Infinity);
      expect(drawn.map(({ id }) => id)).toEqual([...new Set(ids.map(String))]);
    }), { numRuns: 20 });
  });

  it('draw no more than is taken', async () => {
    let draws = 0;
    await firstOf(distinct((i) => ({ id: String(draws++ + i) })), 5);
    expect(draws).toBe(5);
  });
});

describe('rows that are taken', () => {
  it('are the first ones, or as many as there are', async () => {
    await fc.assert(fc.asyncProperty(fc.nat(20), fc.nat(30), async (there, wanted) => {
      expect(await firstOf(upTo(there), wanted)).toEqual(Array.from({ length: Math.min(there, wanted) }, (_, i) => i));
    }));
  });

  it('come in slices one behind the other, whatever is passed over', async () => {
    const steps = fc.array(fc.tuple(fc.nat(4), fc.nat(6)), { maxLength: 6 });
    await fc.assert(fc.asyncProperty(fc.nat(30), steps, async (there, slices) => {
      const reader = new SliceReader(upTo(there));
      let from = 0;
      for (const [skip, count] of slices) {
        from += skip;
        expect(await reader.slice(from, count)).toEqual(Array.from({ length: Math.max(0, Math.min(count, there - from)) }, (_, i) => from + i));
        from += count;
      }
    }));
  });

  it('come in chunks that together are all of them', async () => {
    await fc.assert(fc.asyncProperty(fc.nat(30), fc.integer({ min: 1, max: 7 }), async (there, size) => {
      const chunks = await firstOf(inChunks(upTo(there), size), Infinity);
      expect(chunks.flat()).toEqual(await firstOf(upTo(there), Infinity));
      expect(chunks.slice(0, -1).every((chunk) => chunk.length === size)).toBe(true);
    }));
  });
});
