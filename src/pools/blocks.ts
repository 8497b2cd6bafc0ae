/**
 * Records as they are stored: some consecutive ones of a segment to a row, since a request to IndexedDB costs far more than the
 * record that it carries. Pure: what is read and written is `pool.ts`' and `ledger.ts`'.
 */
import type { InstructionRecord } from '../data/types';
import { hash } from '../random';
import type { BlockRow, Segment, StoredRecord } from './rows';

/** Most records of a block: more would make adding cheaper still, and reading one record dearer. */
export const recordsPerBlock = 16;

/** What an id or the name of an image is found by: 52 bits. Others may share it, so that what is found must be looked at. */
export function keyOf(name: string): number {
  return hash('key', name) * 2 ** 20 + (hash(name, 'key') >>> 12);
}

/** Records as blocks of a segment, the first of them at `place`. */
export function blocksOf(run: string, segment: number, place: number, records: readonly InstructionRecord[]): BlockRow[] {
  return Array.from({ length: Math.ceil(records.length / recordsPerBlock) }, (_, i) => {
    const begin = i * recordsPerBlock;
    return blockOf(run, segment, place + begin, records.slice(begin, begin + recordsPerBlock).map(stored));
  });
}

/** A block with another record at a place that it holds. */
export function withRecord({ run, segment, place, records }: BlockRow, at: number, record: InstructionRecord): BlockRow {
  return blockOf(run, segment, place, records.map((old, i) => (place + i === at ? stored(record) : old)));
}

/** The record at a place; undefined where the block does not hold it. */
export function recordAt(block: BlockRow, at: number, segment: Segment): InstructionRecord | undefined {
  const record = block.records[at - block.place];
  return record && { ...record, iteration: segment.iteration };
}

export function recordsOf({ records }: BlockRow, { iteration }: Segment): InstructionRecord[] {
  return records.map((record) => ({ ...record, iteration }));
}

function blockOf(run: string, segment: number, place: number, records: StoredRecord[]): BlockRow {
  const images = [...new Set(records.map(({ image }) => image))];
  return {
    run, segment, place, records,
    ids: records.map(({ id }) => [run, keyOf(id)]),
    images: images.map((image) => [run, keyOf(image), segment, place]),
  };
}

function stored({ iteration: _, ...record }: InstructionRecord): StoredRecord {
  return record;
}
