/**
 * Own data as a {@link DataSet}: every draw is a read by number in an order drawn by key, so that a data set of any size is never in
 * memory. What is drawn from is what the import put there; the split is not made here.
 */
import type { OwnSet } from '../../../workers/data-protocol';
import type { DataSet, InstructionRecord, Pair, Pixels, TestItem } from '../../data/types';
import { ComdError } from '../../errors';
import { contentHash } from '../test-items';
import type { OwnDatabase } from './database';
import { kindOfQuestion } from './kind-of-question';
import { permutation } from '../../permutation';
import type { OwnKind, RowOf } from './rows';
import { isHeldOut } from './split';
import { ownSet, rowsAt } from './store';
import { withinSide } from './within-side';

/** The browser's decoder: opaque pixels, upright, or `data/undecodable-image` naming the picture. */
export type Decode = (bytes: Blob, name: string) => Promise<Pixels>;

/** Records are read so many at a time. */
const drawnAtOnce = 512;
/** Test items are the same for every seed. */
const testSeed = 0;

/**
 * Opens the own data set `id`; a second one that is held out as a whole gives the items of another style, where one is named.
 * Throws `settings/invalid` for a data set that is not there, or is named in the other's place.
 */
export async function openOwnDataSet(database: OwnDatabase, id: string, styleId: string | null, decode: Decode): Promise<DataSet> {
  const set = await ownSet(database, id);
  const style = styleId === null ? null : await ownSet(database, styleId);
  if (set.heldOutOnly) throw misused(set, 'is held out as a whole, so that nothing can be learned from it', 'Name a data set to learn from first, and this one after it: own:ID,own:ID.');
  if (style !== null && !style.heldOutOnly) throw misused(style, 'is no test set', 'Name only data sets second that were taken in as held out.');
  const held = await database.getAllKeys('held');
  return new OwnDataSet(database, set, style, new Set(held.map(([hash]) => hash)), decode);
}

class OwnDataSet implements DataSet {
  readonly name: string;
  readonly #database: OwnDatabase;
  readonly #set: OwnSet;
  readonly #style: OwnSet | null;
  /** Content of the items of all benchmarks on this machine. */
  readonly #held: ReadonlySet<string>;
  readonly #decode: Decode;

  constructor(database: OwnDatabase, set: OwnSet, style: OwnSet | null, held: ReadonlySet<string>, decode: Decode) {
    this.name = set.name;
    this.#database = database;
    this.#set = set;
    this.#style = style;
    this.#held = held;
    this.#decode = decode;
  }

  async pairs(count: number, seed: number): Promise<Pair[]> {
    const rows = await this.#draw(this.#set, 'pair', this.#set.counts.pairs, 0, count, seed);
    return rows.map(({ ordinal, image, caption }) => ({ id: idOf('pair', ordinal), image, caption }));
  }

  async* records(seed: number): AsyncGenerator<InstructionRecord> {
    const of = this.#set.counts.records;
    for (let from = 0; from < of; from += drawnAtOnce) {
      for (const { ordinal, image, instruction, answer } of await this.#draw(this.#set, 'record', of, from, drawnAtOnce, seed)) {
        // What a benchmark forbids that was taken in later is passed over.
        if (!this.forbids({ image, instruction })) yield { id: idOf('data', ordinal), image, instruction, answer, source: 'dataset', iteration: 0 };
      }
    }
  }

  test(count: number): Promise<TestItem[]> {
    return this.#items(this.#set, 'test', count);
  }

  heldOutStyle(count: number): Promise<TestItem[]> {
    return this.#style === null ? Promise.resolve([]) : this.#items(this.#style, 'style', count);
  }

  async unasked(count: number, seed: number): Promise<string[]> {
    const rows = await this.#draw(this.#set, 'unasked', this.#set.counts.unasked, 0, count, seed);
    return rows.map(({ image }) => image);
  }

  /** An empty name where there are no pictures: the new record is then one of text alone. */
  async drawImage(random: () => number): Promise<string> {
    const { open } = this.#set.counts;
    const [row] = open === 0 ? [] : await rowsAt(this.#database, this.#set.id, 'picture', [Math.floor(random() * open)]);
    return row?.image ?? '';
  }

  async has(image: string): Promise<boolean> {
    return await this.#bytesOf(image) !== undefined;
  }

  forbids(asked: Pick<InstructionRecord, 'image' | 'instruction'>): boolean {
    return isHeldOut(asked) || this.#held.has(contentHash(asked));
  }

  /** Not known: an index of all records by their words would be needed. A record that came from here brings its own answer. */
  truth(): null {
    return null;
  }

  async pixels(image: string): Promise<Pixels> {
    const bytes = await this.#bytesOf(image);
    if (bytes !== undefined) return withinSide(await this.#decode(bytes, image));
    throw new ComdError('data/missing-image', `The data set "${this.name}" has no picture "${image}".`, 'Name pictures as the data set does: by the SHA-256 of their bytes.');
  }

  async #items(set: OwnSet, prefix: string, count: number): Promise<TestItem[]> {
    const rows = await this.#draw(set, 'test', set.counts.tests, 0, count, testSeed);
    return rows.map(({ ordinal, image, instruction, answer }) => (
      { id: idOf(prefix, ordinal), image, instruction, answer, type: kindOfQuestion(instruction) }
    ));
  }

  /** `count` rows of a kind that has `of`, from place `from` of its order on, or as many as there are. */
  #draw<K extends OwnKind>(set: OwnSet, kind: K, of: number, from: number, count: number, seed: number): Promise<RowOf<K>[]> {
    const at = permutation(of, seed, kind);
    const places = Array.from({ length: Math.max(0, Math.min(count, of - from)) }, (_, i) => at(from + i));
    return rowsAt(this.#database, set.id, kind, places);
  }

  async #bytesOf(image: string): Promise<Blob | undefined> {
    for (const set of [this.#set, this.#style]) {
      const picture = set === null ? undefined : await this.#database.get('pictures', [set.id, image]);
      if (picture !== undefined) return picture.bytes;
    }
    return undefined;
  }
}

/** Not the id of the row in its file, which may be that of another file, or one that augmentation gives. */
const idOf = (kind: string, ordinal: number): string => `${kind}/${String(ordinal).padStart(7, '0')}`;

function misused({ id, name }: OwnSet, what: string, remedy: string): ComdError {
  return new ComdError('settings/invalid', `Setting "data" names "own:${id}", but "${name}" ${what}.`, remedy);
}
