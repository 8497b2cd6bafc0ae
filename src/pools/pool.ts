/**
 * The records of one run, read by their ordinals, their ids or their images, a bounded number at a time. There is one pool:
 * what the method calls the tuning pool and the cache pool are parts of it (`comd/method-pools.ts`), since all that is added joins both.
 */
import { SeenIds } from '../data/import/seen-ids';
import type { InstructionRecord } from '../data/types';
import type { Rows } from './appending';
import { blockStart, imageKey, recordAt, recordsOf } from './blocks';
import { idKey, placesIn } from './ids';
import type { BlockRow, IdsRow, Segment } from './rows';
import { type ImageIndex, ofSegment, poolRowIn, type PoolsDatabase } from './schema';
import { finder, inOrder, newestOf, type Place, type Range, sizeOf } from './segments';

/** Requests go into transactions of so many, and rows into memory: one transaction each would cost more than the reading. */
const readsAtOnce = 256;
const blocksAtOnce = 32;
const idRowsAtOnce = 64;

export class Pool {
  readonly #database: PoolsDatabase;
  readonly #run: string;

  constructor(database: PoolsDatabase, run: string) {
    this.#database = database;
    this.#run = run;
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
    const sorted = images.map((image) => ({ image, key: imageKey(this.#run, image) })).sort((a, b) => a.key - b.key);
    for (let begin = 0; begin < sorted.length; begin += readsAtOnce) {
      const { blocks, segments } = await this.#reading();
      const known = byId(segments.filter((segment) => isKnownTo(segment, iteration)));
      const index = blocks.index('image');
      await Promise.all(sorted.slice(begin, begin + readsAtOnce).map(async ({ image, key }) => {
        for await (const block of blocksUnder(index, key)) tell(block, image, known.get(block.segment), hear);
      }));
    }
  }

  /** Those of `ids` that records up to an iteration have, each with its record. It reads four bytes of every record, so that many should be asked about at once. */
  async withIds(ids: readonly string[], iteration = Infinity): Promise<Map<string, InstructionRecord>> {
    const found = new Map<string, InstructionRecord>();
    const [wanted, keys] = [new Set(ids), new Set(ids.map(idKey))];
    for (const segment of inOrder(await this.#segments(), iteration)) {
      for await (const rows of this.#idRows(segment)) {
        const likely = await this.#ofPlaces(segment, rows.flatMap((row) => placesIn(row, keys)));
        for (const record of likely) if (wanted.has(record.id)) found.set(record.id, record);
      }
    }
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

  /** What a segment's records are found by, some rows in memory at a time. */
  async* #idRows({ id }: Segment): AsyncGenerator<IdsRow[]> {
    let range: IDBKeyRange | null = ofSegment(this.#run, id);
    while (range !== null) {
      const rows: IdsRow[] = await this.#database.getAll('ids', range, idRowsAtOnce);
      yield rows;
      const last = rows.at(-1);
      range = last === undefined || rows.length < idRowsAtOnce ? null : IDBKeyRange.bound([this.#run, id, last.place], [this.#run, id, []], true);
    }
  }

  /** The records at places of a segment that are there. */
  async #ofPlaces(segment: Segment, places: readonly number[]): Promise<InstructionRecord[]> {
    const found: InstructionRecord[] = [];
    for (let begin = 0; begin < places.length; begin += readsAtOnce) {
      const blocks = this.#database.transaction('blocks').store;
      const some = await Promise.all(places.slice(begin, begin + readsAtOnce).map((place) => this.#recordIn(blocks, { segment, place })));
      found.push(...some.filter((record) => record !== undefined));
    }
    return found;
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

/** An image's blocks in their order: the first some by one request, and where there are more, those one by one. */
async function* blocksUnder(index: ImageIndex, image: number): AsyncGenerator<BlockRow> {
  const some = await index.getAll(image, blocksAtOnce);
  yield* some;
  const last = some.at(-1);
  if (last === undefined || some.length < blocksAtOnce) return;
  const begin = await index.openCursor(image);
  let cursor = await begin?.continuePrimaryKey(image, [last.run, last.segment, last.place]);
  while ((cursor = await cursor?.continue())) yield cursor.value;
}

function tell(block: BlockRow, image: string, segment: Segment | undefined, hear: (record: InstructionRecord) => void): void {
  if (segment === undefined) return;
  for (const record of recordsOf(block, segment)) if (record.image === image) hear(record);
}

function isKnownTo({ iteration, file }: Segment, of: number): boolean {
  return iteration < of || (iteration === of && file === null);
}

const byId = (segments: readonly Segment[]): Map<number, Segment> => new Map(segments.map((segment) => [segment.id, segment]));
