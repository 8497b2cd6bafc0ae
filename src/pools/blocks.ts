/**
 * Records as they are stored: some consecutive ones of a segment to a row, since a request to IndexedDB costs far more than the
 * record that it carries. Every block but a segment's last is full, so that a record's place tells the key of its block: to look for
 * a key, a database on disk reads in several of its files, and to read by one that is known, in one. Pure: what is read and written
 * is `pool.ts`' and `appending.ts`'.
 */
import type { InstructionRecord } from '../data/types';
import type { BlockRow, Segment, StoredRecord } from './rows';

/** Records of a full block: more would make adding cheaper still, and reading one record dearer. */
export const recordsPerBlock = 16;

/** The place at which the block begins that holds the record at a place. */
export const blockStart = (place: number): number => place - place % recordsPerBlock;

/** Records as blocks of a segment, the first of them at `place`. @param last the block that they begin in, where it holds others already */
export function blocksOf(run: string, segment: number, place: number, records: readonly InstructionRecord[], last?: BlockRow): BlockRow[] {
  const all = [...last?.records ?? [], ...records.map(stored)];
  return Array.from({ length: Math.ceil(all.length / recordsPerBlock) }, (_, i) => {
    const begin = i * recordsPerBlock;
    return { run, segment, place: blockStart(place) + begin, records: all.slice(begin, begin + recordsPerBlock) };
  });
}

/** A block with another record at a place that it holds. */
export function withRecord(block: BlockRow, at: number, record: InstructionRecord): BlockRow {
  return { ...block, records: block.records.map((old, i) => (block.place + i === at ? stored(record) : old)) };
}

/** The record at a place; undefined where the block does not hold it. */
export function recordAt(block: BlockRow, at: number, segment: Segment): InstructionRecord | undefined {
  const record = block.records[at - block.place];
  return record && { ...record, iteration: segment.iteration };
}

export function recordsOf({ records }: Pick<BlockRow, 'records'>, { iteration }: Segment): InstructionRecord[] {
  return records.map((record) => ({ ...record, iteration }));
}

function stored({ iteration: _, ...record }: InstructionRecord): StoredRecord {
  return record;
}
