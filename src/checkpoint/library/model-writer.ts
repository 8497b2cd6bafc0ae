/**
 * Writes one model into its folder: files that are hashed on their way, and at last the record that makes them a kept
 * model. It does not know where the bytes come from, and its caller is alone with the model (`ModelDisk.alone`).
 */
import type { KeptModel } from '../../../workers/protocol';
import { isQuota } from '../private-files';
import type { ModelDisk, ModelFolder } from './disk';
import { noRoom } from './failures';
import { HashedFile } from './hashed-file';
import type { FileSink, ModelSink } from './model-sink';
import type { PlannedFile } from './plan';
import { type Journal, readJournal, removeJournal, storedName, sweep, toKept, writeJournal, writeRecord } from './record';
import { checkStructure } from './structure';

/** How a model that is to be kept is known. */
export interface NewModel {
  id: string;
  name: string;
  /** Where it comes from, in words. */
  source: string;
  /** Where it can be downloaded again. */
  url?: string;
  /** Whether a later call may go on where this one breaks off. */
  resumable: boolean;
}

/** Part of what a new model takes beside its files' bytes: the papers, and the blocks of the disk. */
const margin = 1.05;

export class ModelWriter implements ModelSink {
  readonly #disk: ModelDisk;
  readonly #folder: ModelFolder;
  readonly #model: NewModel;
  readonly #journal: Journal;
  readonly #open = new Set<HashedFile>();
  #kept = false;
  /** The journal is written by one at a time. */
  #noting: Promise<void> = Promise.resolve();

  private constructor(disk: ModelDisk, folder: ModelFolder, model: NewModel, journal: Journal) {
    this.#disk = disk;
    this.#folder = folder;
    this.#model = model;
    this.#journal = journal;
  }

  /** Begins a model, or goes on with the one of this id that broke off. */
  static async begin(disk: ModelDisk, model: NewModel): Promise<ModelWriter> {
    await sweep(disk, model.id);
    const folder = await disk.create(model.id);
    const { name, source, resumable } = model;
    const { generation, files } = await readJournal(folder) ?? { generation: crypto.randomUUID(), files: {} };
    return new ModelWriter(disk, folder, model, { name, source, generation, resumable, of: 0, files });
  }

  /** Makes sure that there is room. Throws `checkpoint/quota`. */
  async reserve(bytes: number): Promise<void> {
    await this.#claim(bytes, bytes);
  }

  /**
   * Takes over what is there of these files already, as far as it is certain to be of the same files, and makes sure
   * that there is room for the rest. Throws `checkpoint/quota`.
   */
  async resume(plan: readonly PlannedFile[]): Promise<void> {
    const { generation, files } = this.#journal;
    let missing = 0;
    for (const { file, bytes, validator } of plan) {
      const before = files[file];
      const held = await this.#held(file);
      const same = before?.bytes === bytes && before.validator === validator && validator !== undefined && held <= bytes;
      if (!same) await this.#folder.remove(storedName(generation, file));
      missing += bytes - (same ? held : 0);
      files[file] = { bytes, validator, sha256: same && held === bytes ? before.sha256 : undefined };
    }
    for (const file of Object.keys(files)) {
      if (plan.some((planned) => planned.file === file)) continue;
      await this.#folder.remove(storedName(generation, file));
      delete files[file];
    }
    await this.#claim(plan.reduce((sum, { bytes }) => sum + bytes, 0), missing);
  }

  /** Bytes that lie on disk of a file. */
  async #held(file: string): Promise<number> {
    return (await this.#folder.file(storedName(this.#journal.generation, file)))?.size ?? 0;
  }

  /** The hash of a file that is whole; undefined while it is not. */
  digest(file: string): string | undefined {
    return this.#journal.files[file]?.sha256;
  }

  /** Opens a file at its end; what it holds already is read once, for the hash. `onHashed` may throw to end that. */
  async file(name: string, onHashed?: () => void): Promise<FileSink> {
    const file = await HashedFile.open(this.#folder, storedName(this.#journal.generation, name), {
      onHashed,
      explain: (cause) => this.#explained(cause),
      done: (bytes, sha256) => {
        this.#open.delete(file);
        this.#journal.files[name] = { ...this.#journal.files[name], bytes, sha256 };
        return this.#note();
      },
    });
    this.#open.add(file);
    return file;
  }

  /** Checks that the files are a model and makes it a kept one, in place of the one before. Throws `checkpoint/*`. */
  async finish(): Promise<KeptModel> {
    const { id, name, source, url } = this.#model;
    const { generation } = this.#journal;
    const family = await checkStructure(name, await this.#files());
    const files = Object.entries(this.#journal.files).map(([file, { bytes, validator, sha256 }]) => {
      if (sha256 === undefined) throw new Error(`${file} was never closed`);
      return { file, bytes, sha256, validator };
    });
    const record = { id, name, source, url, family, generation, files, kept: new Date().toISOString() };
    await writeRecord(this.#folder, record).catch(async (cause) => { throw await this.#explained(cause); });
    this.#kept = true;
    // The model is kept: what cannot be swept away now is swept when the library opens again.
    await sweep(this.#disk, id).catch(() => undefined);
    return toKept(record);
  }

  /** Removes all that was written; the model that was kept before under this id stays. */
  async abandon(): Promise<void> {
    await this.#letGo();
    if (!this.#kept) await removeJournal(this.#folder);
    await sweep(this.#disk, this.#model.id);
  }

  /** Leaves what was written to a later call, where the model can be gone on with. */
  async leave(): Promise<void> {
    await this.#letGo();
    await sweep(this.#disk, this.#model.id);
  }

  async #letGo(): Promise<void> {
    for (const file of this.#open) file.release();
    await this.#noting;
  }

  async #claim(of: number, missing: number): Promise<void> {
    const { used, quota } = await this.#disk.room();
    if (missing * margin > quota - used) throw noRoom(this.#model.name, missing * margin, Math.max(0, quota - used));
    this.#journal.of = of;
    await this.#note();
  }

  #note(): Promise<void> {
    const noted = this.#noting.then(() => writeJournal(this.#folder, this.#journal)).catch(async (cause) => { throw await this.#explained(cause); });
    this.#noting = noted.catch(() => undefined);
    return noted;
  }

  async #files(): Promise<Map<string, File>> {
    const files = new Map<string, File>();
    for (const name of Object.keys(this.#journal.files)) {
      const file = await this.#folder.file(storedName(this.#journal.generation, name));
      if (file !== undefined) files.set(name, file);
    }
    return files;
  }

  /** A disk that is full, as an error that says how much is needed. */
  async #explained(cause: unknown): Promise<unknown> {
    if (!isQuota(cause)) return cause;
    const { used, quota } = await this.#disk.room();
    return noRoom(this.#model.name, this.#journal.of * margin, Math.max(0, quota - used), cause);
  }
}
