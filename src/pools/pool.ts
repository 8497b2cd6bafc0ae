/**
 * The records of one run, read by their ordinals, their ids or their images, a bounded number at a time. There is one pool:
 * what the method calls the tuning pool and the cache pool are parts of it (`comd/method-pools.ts`), since all that is added joins both.
 */
import { SeenIds } from '../data/import/seen-ids';
import type { InstructionRecord } from '../data/types';
import type { Rows } from './appending';
import { blockStart, recordAt, recordsOf } from './blocks';
import { RecordIndex } from './record-index';
import type { BlockRow, Segment } from './rows';
import { poolRowIn, type PoolsDatabase } from './schema';
import { finder, inOrder, newestOf, type Place, type Range, sizeOf } from './segments';

/** Requests go into transactions of so many, and rows into memory: one transaction each would cost more than the reading. */
const readsAtOnce = 256;
const blocksAtOnce = 32;

export class Pool {
  readonly #database: PoolsDatabase;
  readonly #run: string;
  readonly #byId: RecordIndex;
  readonly #byImage: RecordIndex;

  constructor(database: PoolsDatabase, run: string) {
    this.#database = database;
    this.#run = run;
    this.#byId = new RecordIndex(database, run, 'ids');
    this.#byImage = new RecordIndex(database, run, 'images');
  }

  /** How many records there are up to an iteration. */
  async size(iteration = Infinity): Promise<number> {
    return sizeOf(await this.#segments(), iteration);
  }

  /** The ordinals of the newest iteration that has records, up to `iteration`. */
  async newest(iteration = Infinity): Promise<Range> {
    return newestOf(await this.#segments(), iteration);
  }

  /** The records with these ordinals, in this order, read in the order in which they lie on disk. Throws where there is none of an ordinal. */
  async at(ordinals: readonly number[]): Promise<InstructionRecord[]> {
    const found = new Map<number, InstructionRecord>();
    const sorted = Float64Array.from(ordinals).sort();
    for (let begin = 0; begin < sorted.length; begin += readsAtOnce) {
      const { blocks, segments } = await this.#reading();
      const find = finder(segments);
      await Promise.all(Array.from(sorted.subarray(begin, begin + readsAtOnce), async (ordinal) => {
        const at = find(ordinal);
        const record = at && await this.#recordIn(blocks, at);
        if (record === undefined) throw new Error(`There is no record ${ordinal} in run "${this.#run}".`);
        found.set(ordinal, record);
      }));
    }
    return ordinals.map((ordinal) => found.get(ordinal) as InstructionRecord);
  }

  /** The records up to an iteration in the order of their ordinals, some hundred in memory at a time. */
  async* each(iteration = Infinity): AsyncGenerator<InstructionRecord> {
    yield* this.#within(inOrder(await this.#segments(), iteration));
  }

  /** The records that an iteration's growth knows of: those it began with and those it has added, but none of a file that came in meanwhile. */
  async* knownTo(iteration: number): AsyncGenerator<InstructionRecord> {
    yield* this.#within(inOrder(await this.#segments()).filter((segment) => isKnownTo(segment, iteration)));
  }

  /** Tells `hear` of each of those of {@link Pool.knownTo} that are about one of `images`, an image's in their order. */
  async ofImages(images: readonly string[], iteration: number, hear: (record: InstructionRecord) => void): Promise<void> {
    const segments = inOrder(await this.#segments()).filter((segment) => isKnownTo(segment, iteration));
    const wanted = new Set(images);
    for await (const record of this.#found(this.#byImage, segments, wanted)) if (wanted.has(record.image)) hear(record);
  }

  /** Those of `ids` that records up to an iteration have, each with its record. */
  async withIds(ids: readonly string[], iteration = Infinity): Promise<Map<string, InstructionRecord>> {
    const found = new Map<string, InstructionRecord>();
    const wanted = new Set(ids);
    for await (const record of this.#found(this.#byId, inOrder(await this.#segments(), iteration), wanted)) if (wanted.has(record.id)) found.set(record.id, record);
    return found;
  }

  /** Whether records came from a file of this name. */
  async hasFile(name: string): Promise<boolean> {
    return (await this.#segments()).some(({ file }) => file === name);
  }

  /** The names of all images, each once, in the order of the records. It keeps 64 bits of every name. */
  async* images(): AsyncGenerator<string> {
    const seen = new SeenIds();
    for await (const { image } of this.each()) if (seen.add(image)) yield image;
  }

  async* #within(segments: readonly Segment[]): AsyncGenerator<InstructionRecord> {
    for (const segment of segments) {
      const end = [this.#run, segment.id, segment.size];
      let range: IDBKeyRange | null = IDBKeyRange.bound([this.#run, segment.id, 0], end, false, true);
      while (range !== null) {
        const blocks: BlockRow[] = await this.#database.getAll('blocks', range, blocksAtOnce);
        // The last one may have gained records since.
        for (const block of blocks) yield* recordsOf(block, segment).slice(0, segment.size - block.place);
        const last = blocks.at(-1);
        range = last === undefined || blocks.length < blocksAtOnce ? null : IDBKeyRange.bound([this.#run, segment.id, last.place], end, true, true);
      }
    }
  }

  /** The records of segments that an index finds under these names, and maybe others, in their order. */
  async* #found(index: RecordIndex, segments: readonly Segment[], names: ReadonlySet<string>): AsyncGenerator<InstructionRecord> {
    await index.learn(segments);
    for (const segment of segments) {
      const places = index.placesOf(segment, names);
      for (let begin = 0; begin < places.length; begin += readsAtOnce) {
        const blocks = this.#database.transaction('blocks').store;
        const records = await Promise.all(Array.from(places.subarray(begin, begin + readsAtOnce), (place) => this.#recordIn(blocks, { segment, place })));
        // A run that is discarded meanwhile has none.
        yield* records.filter((record) => record !== undefined);
      }
    }
  }

  async #recordIn(blocks: Rows['blocks'], { segment, place }: Place): Promise<InstructionRecord | undefined> {
    const block = await blocks.get([this.#run, segment.id, blockStart(place)]);
    return block && recordAt(block, place, segment);
  }

  /** A transaction to read in, and how the records are counted in it. */
  async #reading() {
    const transaction = this.#database.transaction(['pools', 'blocks']);
    const { segments } = await poolRowIn(transaction.objectStore('pools'), this.#run);
    return { blocks: transaction.objectStore('blocks'), segments };
  }

  async #segments(): Promise<Segment[]> {
    return (await this.#database.get('pools', this.#run))?.segments ?? [];
  }
}

function isKnownTo({ iteration, file }: Segment, of: number): boolean {
  return iteration < of || (iteration === of && file === null);
}
