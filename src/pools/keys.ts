/**
 * What the records of given ids, and those about given images, are found by: four bytes of each, those of some consecutive records of
 * a segment to a row. An index of the database would spare reading them (`record-index.ts`), but neither ids nor images lie in any
 * order, so that adding to a large pool would change such an index in as many places as there are records. Pure: what is read and
 * written is `pool.ts`' and `appending.ts`'.
 */
import type { InstructionRecord } from '../data/types';
import { hash } from '../random';
import type { KeysRow } from './rows';

/** What records are found by. Others may share a key, so that what is found must be looked at. */
export type KeyColumn = 'ids' | 'images';

/** Records of a full row: 8 kB, which adding a few records reads and writes again. */
export const keysPerRow = 1024;

export const keyOf = (column: KeyColumn, name: string): number => hash(column, name);

/** The place at which the row begins that holds the keys of the record at a place. */
export const keysStart = (place: number): number => place - place % keysPerRow;

/** The keys of records as rows of a segment, the first of them at `place`. @param last the row that they begin in, where it holds others already */
export function keyRowsOf(run: string, segment: number, place: number, records: readonly InstructionRecord[], last?: KeysRow): KeysRow[] {
  const ids = Uint32Array.from([...last?.ids ?? [], ...records.map(({ id }) => keyOf('ids', id))]);
  const images = Uint32Array.from([...last?.images ?? [], ...records.map(({ image }) => keyOf('images', image))]);
  return Array.from({ length: Math.ceil(ids.length / keysPerRow) }, (_, i) => {
    const [begin, end] = [i * keysPerRow, (i + 1) * keysPerRow];
    return { run, segment, place: keysStart(place) + begin, ids: ids.slice(begin, end), images: images.slice(begin, end) };
  });
}
