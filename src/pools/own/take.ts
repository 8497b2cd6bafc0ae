/**
 * Takes the rows of an import into a new own data set: finds and checks the picture of each, and tells why a row is refused. The
 * rows come from the readers (`src/data/import/`); what is stored of them is the writer's.
 */
import type { OwnSet, TakeWishes, Taken, TakeProgress } from '../../../workers/data-protocol';
import { exchangeId } from '../../data/import/exchange-id';
import { checkPicture } from '../../data/import/picture-check';
import type { PictureFinder } from '../../data/import/pictures';
import type { Imported, ImportedRow, NamedFile, RowFault } from '../../data/import/row';
import { ComdError } from '../../errors';
import { contentHash } from '../test-items';
import type { OwnDatabase } from './database';
import { pictureName } from './picture-name';
import { TakeCounts } from './take-counts';
import { OwnWriter } from './writer';

/** What is to be taken. */
export interface Taking {
  rows: AsyncIterable<Imported>;
  finder: PictureFinder;
  /** Throws where the bytes do not decode. */
  decodes(bytes: Blob): Promise<void>;
  id: string;
  wishes: TakeWishes;
  /** What was recognised, in words. */
  format: string;
  signal: AbortSignal;
  /** Hears of every row. */
  hear(progress: Omit<TakeProgress, 'done' | 'of'>): void;
}

/**
 * Stores what can be taken, all of it or nothing; nothing too where no row could be taken. Throws `data/unreadable`,
 * `data/cancelled` and `pools/quota`.
 */
export async function takeRows(database: OwnDatabase, taking: Taking): Promise<Taken> {
  const writer = new OwnWriter(database, taking.id, taking.wishes.heldOutOnly);
  try {
    const counts = new TakeCounts();
    const rows = new RowTaker(writer, taking, new Set((await database.getAllKeys('held')).map(([hash]) => hash)));
    for await (const imported of taking.rows) {
      if (taking.signal.aborted) throw cancelled(taking.wishes.name);
      counts.add(imported.row === undefined ? imported : await rows.take(imported.row));
      taking.hear({ taken: counts.taken, refused: counts.refused, pictures: writer.pictures });
    }
    const summary = counts.summary(writer.pictures);
    if (counts.taken === 0) await writer.abandon();
    return { set: counts.taken === 0 ? null : await finish(writer, taking), summary };
  } catch (error) {
    await writer.abandon();
    throw error;
  }
}

function finish(writer: OwnWriter, { wishes: { name, licence }, format }: Taking): Promise<OwnSet> {
  return writer.finish({ name, licence, format, made: new Date().toISOString() });
}

function cancelled(name: string): ComdError {
  return new ComdError('data/cancelled', `Taking in "${name}" was cancelled; nothing of it is stored.`, 'Take it in again.');
}

/** A picture that is stored, or why it cannot be. */
type Placed = { image: string; reason?: undefined } | { reason: string; image?: undefined };

class RowTaker {
  readonly #writer: OwnWriter;
  readonly #taking: Taking;
  /** Content of the items of benchmarks. */
  readonly #held: ReadonlySet<string>;
  /** What came of each file; many rows may name one. */
  readonly #placed = new WeakMap<NamedFile, Placed>();

  constructor(writer: OwnWriter, taking: Taking, held: ReadonlySet<string>) {
    this.#writer = writer;
    this.#taking = taking;
    this.#held = held;
  }

  async take(row: ImportedRow): Promise<Imported> {
    const found = await this.#imageOf(row);
    if (found.fault !== undefined) return found;
    const { image } = found;
    const known = this.#taking.wishes.heldOutOnly ? -1 : row.exchanges.findIndex(({ instruction }) => this.#held.has(contentHash({ image, instruction })));
    if (known >= 0) return refused(row, `exchange ${known + 1}`, 'is an item of a test set that is held out as a whole');
    for (const [i, exchange] of row.exchanges.entries()) {
      await this.#writer.exchange({ ...exchange, image, rowId: exchangeId(row.id, row.exchanges, i) });
    }
    if (row.caption !== null) await this.#writer.caption({ image, rowId: row.id, caption: row.caption });
    return { row };
  }

  async #imageOf(row: ImportedRow): Promise<{ image: string; fault?: undefined } | { fault: RowFault; row?: undefined }> {
    const needsNone = row.exchanges.length > 0 && row.caption === null;
    if (row.image === '' && row.picture === undefined && needsNone) return { image: '' };
    const { file, fault } = this.#taking.finder.find(row);
    if (fault !== undefined) return { fault };
    const { image, reason } = await this.#place(file);
    return reason === undefined ? { image } : refused(row, 'image', reason);
  }

  async #place(file: NamedFile): Promise<Placed> {
    const known = this.#placed.get(file);
    if (known !== undefined) return known;
    const placed = await this.#store(file).catch(reasonOf);
    this.#placed.set(file, placed);
    return placed;
  }

  async #store(file: NamedFile): Promise<Placed> {
    const { header, reason } = await checkPicture(file);
    if (reason !== undefined) return { reason };
    const bytes = await file.slice(0, file.size);
    const image = await pictureName(bytes, header);
    if (await this.#writer.hasPicture(image)) return { image };
    const blob = new Blob([bytes], { type: header.type });
    try {
      await this.#taking.decodes(blob);
    } catch {
      return { reason: `"${file.name}" cannot be decoded by this browser. Save it as PNG or JPEG` };
    }
    await this.#writer.picture({ image, bytes: blob, width: header.width, height: header.height });
    return { image };
  }
}

/** A picture that cannot be read is its rows' fault; that there is no room is everybody's. */
function reasonOf(error: unknown): Placed {
  if (error instanceof ComdError && error.code === 'data/unreadable') return { reason: error.message };
  throw error;
}

function refused({ file, row }: ImportedRow, field: string, reason: string): { fault: RowFault } {
  return { fault: { file, row, field, reason } };
}
