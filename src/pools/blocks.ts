/**
 * Records as they are stored: some consecutive ones of a segment to a row, since a request to IndexedDB costs far more than the
 * record that it carries. Every block but a segment's last is full, so that a record's place tells the key of its block: to look for
 * a key, a database on disk reads in several of its files, and to read by one that is known, in one. Pure: what is read and written
 * is `pool.ts`' and `appending.ts`'.
 */
import type { InstructionRecord } from '../data/types';
import { hash } from '../random';
import type { BlockRow, Segment, StoredRecord } from './rows';

/** Records of a full block: more would make adding cheaper still, and reading one record dearer. */
export const recordsPerBlock = 16;

/** What the blocks of a run's image are found by: 52 bits. Other images may share it, so that what is found must be looked at. */
export function imageKey(run: string, image: string): number {
  return hash('image', run, image) * 2 ** 20 + (hash(image, run, 'image') >>> 12);
}

/** The place at which the block begins that holds the record at a place. */
export const blockStart = (place: number): number => place - place % recordsPerBlock;

/** Records as blocks of a segment, the first of them at `place`. @param last the block that they begin in, where it holds others already */
export function blocksOf(run: string, segment: number, place: number, records: readonly InstructionRecord[], last?: BlockRow): BlockRow[] {
  const all = [...last?.records ?? [], ...records.map(stored)];
  return Array.from({ length: Math.ceil(all.length / recordsPerBlock) }, (_, i) => {
    const begin = i * recordsPerBlock;
    return blockOf(run, segment, blockStart(place) + begin, all.slice(begin, begin + recordsPerBlock));
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

export function recordsOf({ records }: Pick<BlockRow, 'records'>, { iteration }: Segment): InstructionRecord[] {
  return records.map((record) => ({ ...record, iteration }));
}

function blockOf(run: string, segment: number, place: number, records: StoredRecord[]): BlockRow {
  const images = [...new Set(records.map(({ image }) => image))];
  return { run, segment, place, records, images: images.map((image) => imageKey(run, image)) };
}

function stored({ iteration: _, ...record }: InstructionRecord): StoredRecord {
  return record;
}
