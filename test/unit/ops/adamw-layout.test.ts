import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BLOCK, CELL, batchesOf, lengthOf, placesOf, runsWithin } from '../../../src/ops/adamw/layout';

const sizes = fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 1, maxLength: 30 });

test('places follow each other, each at the start of a block', () => {
  fc.assert(fc.property(sizes, (sizes) => {
    const places = placesOf(sizes);
    for (const [i, { offset, size }] of places.entries()) {
      expect([offset % BLOCK, size]).toEqual([0, sizes[i]]);
      const next = places[i + 1]?.offset ?? lengthOf(places);
      expect(next - offset - size).toBeGreaterThanOrEqual(0);
      expect(next - offset - size).toBeLessThan(BLOCK);
    }
  }));
});

test('batches have all places in order, no more than asked for, and no gap between them', () => {
  fc.assert(fc.property(sizes, fc.integer({ min: 1, max: 12 }), (sizes, most) => {
    const places = placesOf(sizes);
    const batches = batchesOf(places, most);
    expect(batches.flatMap(({ first, end }) => places.slice(first, end))).toEqual(places);
    let cell = 0;
    for (const batch of batches) {
      expect(batch.end - batch.first).toBeLessThanOrEqual(most);
      expect(batch.cell).toBe(cell);
      cell += batch.cells;
    }
    expect(cell * CELL).toBe(lengthOf(places));
  }));
});

test('runs have all sizes in order, and fit unless one alone does not', () => {
  fc.assert(fc.property(sizes, fc.integer({ min: 64, max: 2000 }), (sizes, most) => {
    const runs = runsWithin(sizes, most).map(([first, end]) => sizes.slice(first, end));
    expect(runs.flat()).toEqual(sizes);
    for (const run of runs) expect(run.length === 1 || lengthOf(placesOf(run)) <= most).toBe(true);
  }));
});
