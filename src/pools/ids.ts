/**
 * Where the records of given ids are: four bytes of each id, those of some consecutive records of a segment to a row. A look-up reads
 * all these rows. An index would spare it that, but ids lie in no order, so that adding to a large pool would change an index in as
 * many places as there are records; and records are added all the time, while ids are looked up some hundred at once. Pure: what is
 * read and written is `pool.ts`' and `appending.ts`'.
 */
import { hash } from '../random';
import type { IdsRow } from './rows';

/** Records of a full row: 4 kB, which adding a few records reads and writes again. */
export const idsPerRow = 1024;

/** What a record is found by. Others may share it, so that what is found must be looked at. */
export const idKey = (id: string): number => hash('id', id);

/** The place at which the row begins that holds the id of the record at a place. */
export const idsStart = (place: number): number => place - place % idsPerRow;

/** Ids as rows of a segment, the first of them at `place`. @param last the row that they begin in, where it holds others already */
export function idRowsOf(run: string, segment: number, place: number, ids: readonly string[], last?: IdsRow): IdsRow[] {
  const all = Uint32Array.from([...last?.keys ?? [], ...ids.map(idKey)]);
  return Array.from({ length: Math.ceil(all.length / idsPerRow) }, (_, i) => {
    const begin = i * idsPerRow;
    return { run, segment, place: idsStart(place) + begin, keys: all.slice(begin, begin + idsPerRow) };
  });
}

/** The places of the records that may have one of the ids with these keys. */
export function placesIn({ place, keys }: IdsRow, wanted: ReadonlySet<number>): number[] {
  const places: number[] = [];
  keys.forEach((key, i) => { if (wanted.has(key)) places.push(place + i); });
  return places;
}
