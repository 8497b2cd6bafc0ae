/**
 * Writes one own data set in batches, so that an import of any size takes the memory of a batch. The row that makes it a data set
 * is written last; before that, nothing of it can be seen, and {@link OwnWriter.abandon} leaves nothing.
 */
import type { OwnCounts, OwnSet } from '../../../workers/data-protocol';
import { ComdError } from '../../errors';
import { storing } from '../database';
import { contentHash } from '../test-items';
import { ofSet, type OwnDatabase } from './database';
import type { AskedRow, CaptionRow, HeldRow, MentionRow, OwnKind, OwnRow, PictureRow } from './rows';
import { isHeldOut, isHeldOutPicture } from './split';
import { clearSet, rowsInOrder } from './store';

/** A batch is stored when it has so many rows, or pictures of so many bytes. */
export const batchRows = 512;
const batchBytes = 8 * 2 ** 20;

interface Batch {
  rows: OwnRow[];
  pictures: Map<string, PictureRow>;
  mentions: Map<string, MentionRow>;
  held: HeldRow[];
  bytes: number;
}
const emptyBatch = (): Batch => ({ rows: [], pictures: new Map(), mentions: new Map(), held: [], bytes: 0 });

export class OwnWriter {
  readonly #database: OwnDatabase;
  readonly #set: string;
  readonly #heldOutOnly: boolean;
  readonly #next: Record<OwnKind, number> = { record: 0, pair: 0, test: 0, aside: 0, picture: 0, unasked: 0 };
  #batch = emptyBatch();
  #pictures = 0;
  #bytes = 0;

  /** `heldOutOnly`: all of it is held out, whatever the split says. */
  constructor(database: OwnDatabase, set: string, heldOutOnly: boolean) {
    this.#database = database;
    this.#set = set;
    this.#heldOutOnly = heldOutOnly;
  }

  /** Distinct pictures so far. */
  get pictures(): number {
    return this.#pictures;
  }

  async hasPicture(image: string): Promise<boolean> {
    return this.#batch.pictures.has(image) || await this.#database.count('pictures', IDBKeyRange.only([this.#set, image])) > 0;
  }

  /** Adds a picture that is not there yet. Throws `pools/quota`. */
  async picture(picture: Omit<PictureRow, 'set'>): Promise<void> {
    const { image, bytes } = picture;
    this.#batch.pictures.set(image, { ...picture, set: this.#set });
    this.#batch.bytes += bytes.size;
    this.#pictures++;
    this.#bytes += bytes.size;
    if (!this.#heldOutOnly && !isHeldOutPicture(image)) this.#number({ kind: 'picture', image });
    await this.#storeWhenFull();
  }

  /** Adds an instruction with its answer, on the side where its content puts it. Throws `pools/quota`. */
  async exchange(exchange: Pick<AskedRow, 'image' | 'rowId' | 'instruction' | 'answer'>): Promise<void> {
    const { image, instruction } = exchange;
    this.#number({ ...exchange, kind: this.#heldOutOnly || isHeldOut({ image, instruction }) ? 'test' : 'record' });
    if (image !== '') this.#batch.mentions.set(image, { set: this.#set, image });
    if (this.#heldOutOnly) this.#batch.held.push({ hash: contentHash({ image, instruction }), set: this.#set });
    await this.#storeWhenFull();
  }

  /** Adds what a picture shows. Throws `pools/quota`. */
  async caption(caption: Pick<CaptionRow, 'image' | 'rowId' | 'caption'>): Promise<void> {
    this.#number({ ...caption, kind: this.#heldOutOnly || isHeldOutPicture(caption.image) ? 'aside' : 'pair' });
    await this.#storeWhenFull();
  }

  /** Stores what is left and then the row that makes it a data set. Throws `pools/quota`; the caller then abandons it. */
  async finish(facts: Omit<OwnSet, 'id' | 'counts' | 'bytes' | 'heldOutOnly'>): Promise<OwnSet> {
    await this.#store();
    await this.#nameUnasked();
    const { record, pair, test, picture, unasked } = this.#next;
    const counts: OwnCounts = { records: record, pairs: pair, tests: test, pictures: this.#pictures, open: picture, unasked };
    const set: OwnSet = { ...facts, id: this.#set, heldOutOnly: this.#heldOutOnly, counts, bytes: this.#bytes };
    const transaction = this.#database.transaction('sets', 'readwrite');
    await storing(transaction, [() => transaction.store.add(set)]).catch(inWordsOfData);
    return set;
  }

  /** Leaves nothing of it. */
  abandon(): Promise<void> {
    this.#batch = emptyBatch();
    return clearSet(this.#database, this.#set);
  }

  /** The pictures that no record is about: known only when all rows have come by. */
  async #nameUnasked(): Promise<void> {
    for await (const { image } of rowsInOrder(this.#database, this.#set, 'picture')) {
      const isAsked = await this.#database.count('mentions', IDBKeyRange.only([this.#set, image])) > 0;
      if (!isAsked) this.#number({ kind: 'unasked', image });
      await this.#storeWhenFull();
    }
    await this.#store();
    await this.#database.delete('mentions', ofSet(this.#set));
  }

  #number(row: Unnumbered): void {
    this.#batch.rows.push({ ...row, set: this.#set, ordinal: this.#next[row.kind]++ } as OwnRow);
  }

  async #storeWhenFull(): Promise<void> {
    if (this.#batch.rows.length >= batchRows || this.#batch.bytes >= batchBytes) await this.#store();
  }

  /** The batch in one transaction. */
  async #store(): Promise<void> {
    const { rows, pictures, mentions, held } = this.#batch;
    const transaction = this.#database.transaction(['rows', 'pictures', 'mentions', 'held'], 'readwrite');
    await storing(transaction, [
      ...rows.map((row) => () => transaction.objectStore('rows').put(row)),
      ...[...pictures.values()].map((row) => () => transaction.objectStore('pictures').put(row)),
      ...[...mentions.values()].map((row) => () => transaction.objectStore('mentions').put(row)),
      ...held.map((row) => () => transaction.objectStore('held').put(row)),
    ]).catch(inWordsOfData);
    this.#batch = emptyBatch();
  }
}

type Unnumbered = OwnRow extends infer R ? R extends OwnRow ? Omit<R, 'set' | 'ordinal'> : never : never;

function inWordsOfData(cause: unknown): never {
  if (!(cause instanceof ComdError) || cause.code !== 'pools/quota') throw cause;
  throw new ComdError(
    'pools/quota',
    'The browser has no room left to store the data set; nothing of it was kept.',
    'Free some disk space or delete another data set or model, or give fewer or smaller pictures.',
    { cause },
  );
}
