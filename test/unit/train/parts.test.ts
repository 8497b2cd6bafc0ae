import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Batch } from '../../../src/train/batch';
import { partsOf } from '../../../src/train/parts';

/** A batch of sequences of these lengths, of which the last tokens are learned; ids and labels tell them apart. */
function batchOf(lengths: readonly number[], learned: number): Batch {
  const tokens = Math.max(...lengths);
  const labelled = lengths.flatMap((length, i) => Array.from({ length: Math.min(length, learned) }, (_, j) => ({ row: i * tokens + length - 1 - j, label: 1000 * i + length - 1 - j })));
  return {
    sequences: lengths.map((length, i) => ({ images: [], ids: Array.from({ length }, (_, j) => 1000 * i + j) })),
    tokens, realTokens: lengths.reduce((a, b) => a + b, 0), labelRows: labelled.map(({ row }) => row), labels: labelled.map(({ label }) => label),
  };
}

const rowsOf = ({ sequences, tokens }: Batch): number => sequences.length * tokens;

test('parts hold every sequence once with its own labels, at most so many at a time', () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 50 }), (lengths, learned, most) => {
    const batch = batchOf(lengths, learned);
    const parts = partsOf(batch, most);
    expect(parts.flatMap(({ sequences }) => sequences).sort((a, b) => (a.ids[0] as number) - (b.ids[0] as number))).toEqual(batch.sequences);
    expect(parts.reduce((sum, { realTokens }) => sum + realTokens, 0)).toBe(batch.realTokens);
    expect(parts.flatMap(({ labels }) => labels).sort((a, b) => a - b)).toEqual([...batch.labels].sort((a, b) => a - b));
    for (const { sequences, tokens, labelRows, labels } of parts) {
      expect(sequences.length).toBeLessThanOrEqual(most);
      expect(tokens).toBe(Math.max(...sequences.map(({ ids }) => ids.length)));
      // A row's label is the id that stands there, as this test makes them.
      labelRows.forEach((row, i) => expect(sequences[Math.floor(row / tokens)]?.ids[row % tokens]).toBe(labels[i]));
    }
    expect(parts.reduce((sum, part) => sum + rowsOf(part), 0)).toBeLessThanOrEqual(rowsOf(batch));
  }));
});

test('a batch of like lengths, or a small one, stays whole', () => {
  const same = batchOf(new Array(64).fill(40), 2);
  expect(partsOf(same, Infinity)).toEqual([same]);
  const small = batchOf([3, 20, 7], 1);
  expect(partsOf(small, Infinity)).toEqual([small]);
});

test('short sequences do not pay for a few long ones', () => {
  const parts = partsOf(batchOf([...new Array(24).fill(25), ...new Array(8).fill(57)], 2), Infinity);
  expect(parts.map(({ sequences, tokens }) => [sequences.length, tokens])).toEqual([[24, 25], [8, 57]]);
});
