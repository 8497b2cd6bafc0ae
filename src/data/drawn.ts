/** Rows that a data set draws without end or a list of them in memory, and how so many of them are taken. */
import { SeenIds } from './import/seen-ids';

/** A data set has no more where so many draws in a row have brought nothing new. */
const mostRepeats = 10_000;

/** What `at` draws for 0, 1, 2 …, each id once, until nothing new comes. It keeps 64 bits of every id. */
export async function* distinct<T extends { id: string }>(at: (i: number) => T): AsyncGenerator<T> {
  const seen = new SeenIds();
  for (let i = 0, repeats = 0; repeats < mostRepeats; i++) {
    const row = at(i);
    repeats = seen.add(row.id) ? 0 : repeats + 1;
    if (repeats === 0) yield row;
  }
}

/** The first `count` rows, or as many as there are. */
export async function firstOf<T>(rows: AsyncIterable<T>, count: number): Promise<T[]> {
  const first: T[] = [];
  if (count === 0) return first;
  for await (const row of rows) if (first.push(row) >= count) break;
  return first;
}

/** Reads slices of rows one behind the other: what lies before a slice is passed over. */
export class SliceReader<T> {
  readonly #rows: AsyncIterator<T>;
  #at = 0;

  constructor(rows: AsyncIterable<T>) {
    this.#rows = rows[Symbol.asyncIterator]();
  }

  /** Up to `count` rows from the row `from` on, which must not lie before the end of an earlier slice. */
  async slice(from: number, count: number): Promise<T[]> {
    const slice: T[] = [];
    while (this.#at < from + count) {
      const next = await this.#rows.next();
      if (next.done === true) break;
      if (this.#at++ >= from) slice.push(next.value);
    }
    return slice;
  }
}

/** Rows in chunks of `size`; the last one has what is left. */
export async function* inChunks<T>(rows: AsyncIterable<T>, size: number): AsyncGenerator<T[]> {
  let chunk: T[] = [];
  for await (const row of rows) {
    if (chunk.push(row) < size) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}
