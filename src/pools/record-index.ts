/**
 * Where the records of an id, or of an image, lie: all keys of a run's records in memory, 12 to 24 bytes a record. They are read when
 * they are first asked for, and later only those that came in since; so a look-up costs the same in any pool.
 */
import { type KeyColumn, keyOf, keysStart } from './keys';
import { KeyTable } from './key-table';
import type { KeysRow, Segment } from './rows';
import type { PoolsDatabase } from './schema';

/** Rows that are in memory at a time besides. */
const rowsAtOnce = 64;

export class RecordIndex {
  readonly #database: PoolsDatabase;
  readonly #run: string;
  readonly #column: KeyColumn;
  /** By segment: the numbers are places. */
  readonly #tables = new Map<number, KeyTable>();
  /** The last reading. One waits for another, since both would add the same keys. */
  #reading: Promise<unknown> = Promise.resolve();

  constructor(database: PoolsDatabase, run: string, column: KeyColumn) {
    this.#database = database;
    this.#run = run;
    this.#column = column;
  }

  /** Reads the keys of what these segments have gained since. To be called before {@link RecordIndex.placesOf} is asked about them. */
  async learn(segments: readonly Segment[]): Promise<void> {
    const reading = this.#reading.catch(() => undefined).then(() => this.#read(segments));
    this.#reading = reading;
    await reading;
  }

  /** The places within a segment of the records that may have one of these ids, or be about one of these images: each once, rising. */
  placesOf({ id, size }: Segment, names: Iterable<string>): Uint32Array {
    const table = this.#tables.get(id);
    const keys = new Set(Array.from(names, (name) => keyOf(this.#column, name)));
    // A reading that went on meanwhile may have brought later ones.
    return Uint32Array.from([...keys].flatMap((key) => table?.find(key) ?? []).filter((place) => place < size)).sort();
  }

  async #read(segments: readonly Segment[]): Promise<void> {
    for (const segment of segments) {
      const table = this.#tables.get(segment.id) ?? new KeyTable();
      this.#tables.set(segment.id, table);
      for await (const row of this.#rows(segment, table.size)) {
        table.add(row[this.#column].subarray(table.size - row.place, segment.size - row.place));
      }
    }
  }

  /** The rows of a segment from the one on that holds the keys of a place. */
  async* #rows({ id, size }: Segment, place: number): AsyncGenerator<KeysRow> {
    for (let begin = keysStart(place); place < size && begin < size;) {
      const rows: KeysRow[] = await this.#database.getAll('keys', IDBKeyRange.bound([this.#run, id, begin], [this.#run, id, size], false, true), rowsAtOnce);
      yield* rows;
      // A run that is discarded meanwhile has none.
      begin = rows.length < rowsAtOnce ? size : (rows.at(-1) as KeysRow).place + 1;
    }
  }
}
