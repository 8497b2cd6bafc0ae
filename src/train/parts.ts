/**
 * A batch as parts that go through the model one after another, their gradients added up: for less memory, and for less
 * padding. It knows no model.
 */
import type { Sequence } from '../model/sequence';
import type { Batch } from './batch';
import { softTargetsOfRows } from './soft-targets';

/** Rows of padding that another part must save, since every part is a pass of its own. */
const WORTH_A_PART = 160;

/**
 * Sequences of like length together, at most so many in a part. The gradients of the parts, weighted by their labels, add up to
 * those of the batch.
 */
export function partsOf(batch: Batch, most: number): Batch[] {
  const { sequences, tokens } = batch;
  const byLength = [...sequences.keys()].sort((i, j) => lengthOf(batch, i) - lengthOf(batch, j));
  const cuts = cutsOf(byLength.map((i) => lengthOf(batch, i)), most);
  if (cuts.length === 1) return [batch];
  const labelled = labelsBySequence(batch);
  return cuts.map(([from, to]) => {
    // In the order of the batch, which is nobody's business to change.
    const own = byLength.slice(from, to).sort((i, j) => i - j);
    const length = Math.max(...own.map((i) => lengthOf(batch, i)));
    const labels = own.flatMap((i, place) => (labelled.get(i) ?? []).map(({ row, nth }) => ({ row: place * length + row - i * tokens, nth })));
    const soft = batch.soft && softTargetsOfRows(batch.soft, labels.map(({ nth }) => nth));
    return {
      sequences: own.map((i) => sequences[i] as Sequence), tokens: length, realTokens: own.reduce((sum, i) => sum + lengthOf(batch, i), 0),
      labelRows: labels.map(({ row }) => row), labels: labels.map(({ nth }) => batch.labels[nth] as number), ...soft && { soft },
    };
  });
}

/** The runs of sorted lengths, from and before to, that take the fewest rows together, parts counted. */
function cutsOf(lengths: readonly number[], most: number): [number, number][] {
  const best: { rows: number; from: number }[] = [{ rows: 0, from: 0 }];
  for (let to = 1; to <= lengths.length; to++) {
    let chosen = { rows: Infinity, from: 0 };
    for (let from = Math.max(0, to - most); from < to; from++) {
      const rows = (best[from] as { rows: number }).rows + (to - from) * (lengths[to - 1] as number) + WORTH_A_PART;
      if (rows < chosen.rows) chosen = { rows, from };
    }
    best.push(chosen);
  }
  const cuts: [number, number][] = [];
  for (let to = lengths.length; to > 0; to = (best[to] as { from: number }).from) cuts.unshift([(best[to] as { from: number }).from, to]);
  return cuts;
}

function lengthOf({ sequences }: Batch, sequence: number): number {
  return (sequences[sequence] as Sequence).ids.length;
}

/** Rows that are learned, and which of the labels each has. */
function labelsBySequence({ tokens, labelRows }: Batch): Map<number, { row: number; nth: number }[]> {
  const all = new Map<number, { row: number; nth: number }[]>();
  labelRows.forEach((row, nth) => {
    const sequence = Math.floor(row / tokens);
    all.set(sequence, [...all.get(sequence) ?? [], { row, nth }]);
  });
  return all;
}
