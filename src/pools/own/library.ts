/**
 * The data sets of the user as the page meets them: what there is, looking at files, taking them in, giving them back. Who may
 * work when is decided here; how it is done is written beside.
 */
import type { ArchiveFormat, DataLibrary, DataPreview, GivenFile, OwnSet, TakeProgress, TakeWishes, Taken } from '../../../workers/data-protocol';
import { namedFile } from '../../data/import/files';
import { describeGiven, formatOf } from '../../data/import/format';
import { pictureFinder } from '../../data/import/pictures';
import { readRows } from '../../data/import/read';
import type { NamedFile } from '../../data/import/row';
import type { Encoding } from '../../data/import/text';
import { openZips } from '../../data/import/zip';
import { ComdError } from '../../errors';
import { archiveOf } from './archive';
import { countedFiles } from './counted-files';
import { openOwnData, type OwnDatabase } from './database';
import { newOwnId } from './naming';
import { previewOf } from './preview';
import { ownSet, ownSets, removeOwnSet, sweep } from './store';
import { takeRows } from './take';

/** What the library is given by the thread that it lives in. */
export interface DataSurroundings {
  /** Runs `work` while no other tab changes own data. Throws `run/busy` where one does. */
  alone<T>(work: () => Promise<T>): Promise<T>;
  /** Throws where the browser cannot decode the picture. */
  decodes(bytes: Blob): Promise<void>;
  room: DataLibrary['room'];
  /** Name of the database; tests use their own. */
  database?: string;
}

/** The page hears of an import this often. */
const betweenWordsMs = 60;

export class OwnDataLibrary implements DataLibrary {
  readonly #around: DataSurroundings;
  readonly #database: Promise<OwnDatabase>;
  #underWay: AbortController | null = null;

  constructor(around: DataSurroundings) {
    this.#around = around;
    this.#database = openOwnData(around.database);
  }

  async list(): Promise<OwnSet[]> {
    return ownSets(await this.#database);
  }

  room(): ReturnType<DataLibrary['room']> {
    return this.#around.room();
  }

  async preview(files: GivenFile[], encoding: Encoding): Promise<DataPreview> {
    return previewOf(await opened(files), encoding);
  }

  async take(files: GivenFile[], wishes: TakeWishes, onProgress: (progress: TakeProgress) => void): Promise<Taken> {
    if (this.#underWay !== null) throw new ComdError('run/busy', 'Data is being taken in already.', 'Wait until that is done, or cancel it.');
    const { signal } = this.#underWay = new AbortController();
    try {
      return await this.#around.alone(() => this.#take(files, wishes, signal, onProgress));
    } finally {
      this.#underWay = null;
    }
  }

  async cancel(): Promise<void> {
    this.#underWay?.abort();
  }

  async remove(id: string): Promise<void> {
    const database = await this.#database;
    await this.#around.alone(() => removeOwnSet(database, id));
  }

  async archive(id: string, format: ArchiveFormat): Promise<File> {
    const database = await this.#database;
    return archiveOf(database, await ownSet(database, id), format);
  }

  async #take(files: GivenFile[], wishes: TakeWishes, signal: AbortSignal, onProgress: (progress: TakeProgress) => void): Promise<Taken> {
    const database = await this.#database;
    await sweep(database);
    const read = await opened(files);
    const bar = { done: 0, of: read.reduce((sum, { size }) => sum + size, 0) };
    const counted = countedFiles(read, (bytes) => { bar.done += bytes; });
    const given = files.map(({ path, file: { size } }) => ({ path, size }));
    const taken = new Set((await ownSets(database)).map(({ id }) => id));
    let told = 0;
    return takeRows(database, {
      rows: readRows(counted, wishes.encoding), finder: pictureFinder(counted), decodes: this.#around.decodes,
      id: newOwnId(wishes.name, given, wishes, taken), wishes, format: describeGiven(await formatOf(read, wishes.encoding)), signal,
      hear: (progress) => {
        if (performance.now() - told < betweenWordsMs) return;
        told = performance.now();
        onProgress({ ...progress, ...bar });
      },
    });
  }
}

function opened(files: readonly GivenFile[]): Promise<NamedFile[]> {
  return openZips(files.map(({ path, file }) => namedFile(file, path)));
}
