/**
 * The models that are kept on this machine: who may work on which, and what becomes of what broke off. How a model is
 * fetched, checked and stored is written beside.
 */
import type { Composition, KeepProgress, KeptModel, Library, ModelPlace } from '../../../workers/protocol';
import type { Checkpoint } from '../checkpoint';
import type { composeCheckpoint } from '../compose';
import { sha256 } from '../sha256';
import type { Source } from '../source';
import { archiveOf } from './archive';
import type { ModelDisk, Room } from './disk';
import { download } from './download';
import { busy } from './failures';
import type { ModelSink } from './model-sink';
import { ModelWriter, type NewModel } from './model-writer';
import { Meter } from './progress';
import { openKept, readJournal, readRecord, removeJournal, removeRecord, storedName, sweep, toKept } from './record';
import { orCancelled, settled } from './settle';
import { verifyKept } from './verify';

type Tell = (progress: KeepProgress) => void;

/** What the library is given by the thread that it lives in. */
export interface Surroundings {
  disk: ModelDisk;
  sourceOf(place: ModelPlace): Promise<Source>;
  openPlace(place: ModelPlace): Promise<Checkpoint>;
  compose: typeof composeCheckpoint;
}

export class ModelLibrary implements Library {
  readonly #disk: ModelDisk;
  readonly #around: Surroundings;
  /** Of the `keep` or `compose` that is under way. */
  #underWay: AbortController | undefined;
  #swept: Promise<void> | undefined;

  constructor(around: Surroundings) {
    this.#disk = around.disk;
    this.#around = around;
  }

  async list(): Promise<KeptModel[]> {
    await this.#sweepOnce();
    const records = await Promise.all((await this.#disk.ids()).map(async (id) => {
      const folder = await this.#disk.folder(id);
      return folder && readRecord(folder);
    }));
    return records.filter((record) => record !== undefined).map(toKept).sort((a, b) => b.kept.localeCompare(a.kept));
  }

  async unfinished(): Promise<{ id: string; name: string; source: string; bytes: number; of: number }[]> {
    await this.#sweepOnce();
    const busy = await this.#disk.busy();
    const idle = (await this.#disk.ids()).filter((id) => !busy.has(id));
    const found = await Promise.all(idle.map(async (id) => {
      const folder = await this.#disk.folder(id);
      const journal = folder && await readJournal(folder);
      if (folder === undefined || journal === undefined) return undefined;
      const files = await Promise.all(Object.keys(journal.files).map((file) => folder.file(storedName(journal.generation, file))));
      const { name, source, of } = journal;
      return { id, name, source, bytes: files.reduce((sum, file) => sum + (file?.size ?? 0), 0), of };
    }));
    return found.filter((broken) => broken !== undefined);
  }

  room(): Promise<Room> {
    return this.#disk.room();
  }

  keep(place: ModelPlace, onProgress: Tell): Promise<KeptModel> {
    return this.#exclusively(async (signal) => {
      if (place.kind === 'kept') return toKept((await openKept(this.#disk, place.id)).record);
      const source = await this.#around.sourceOf(place);
      const model = await this.#modelAt(place, source);
      return this.#disk.alone(model.id, () => download(this.#disk, model, source, signal, onProgress));
    });
  }

  async cancel(): Promise<void> {
    this.#underWay?.abort();
  }

  verify(id: string, onProgress: Tell): Promise<void> {
    return this.#disk.alone(id, () => verifyKept(this.#disk, id, onProgress));
  }

  remove(id: string): Promise<void> {
    return this.#disk.alone(id, async () => {
      const folder = await this.#disk.folder(id);
      if (folder === undefined) return;
      // The record first: a removal that is cut off leaves files without a record, never a record without files.
      await removeRecord(folder);
      await removeJournal(folder);
      await this.#disk.discard(id);
    });
  }

  compose(composition: Composition, onProgress: Tell): Promise<KeptModel> {
    return this.#exclusively(async (signal) => {
      const { name } = composition;
      const opening = Promise.all([this.#around.openPlace(composition.tower), this.#around.openPlace(composition.decoder)]);
      const [tower, decoder] = await orCancelled(opening, name, signal);
      const model = { id: crypto.randomUUID(), name, source: `composed of ${tower.place} and ${decoder.place}`, resumable: false };
      return this.#disk.alone(model.id, () => this.#write(model, signal, onProgress, (sink, moved) => (
        this.#around.compose(tower, decoder, composition, sink, moved, signal)
      )));
    });
  }

  archive(id: string): Promise<File> {
    return archiveOf(this.#disk, id);
  }

  /** Keeps the files that `write` writes. */
  async #write(
    model: NewModel, signal: AbortSignal, tell: Tell,
    write: (sink: ModelSink, moved: (progress: Pick<KeepProgress, 'file' | 'loaded' | 'total'>) => void) => Promise<void>,
  ): Promise<KeptModel> {
    const meter = new Meter(tell);
    const writer = await ModelWriter.begin(this.#disk, model);
    const sink: ModelSink = {
      reserve(bytes) {
        meter.expect(bytes);
        return writer.reserve(bytes);
      },
      file: (file) => writer.file(file),
    };
    return settled(writer, model.name, signal, async () => {
      await write(sink, ({ file, loaded, total }) => meter.moved(file, loaded, total));
      signal.throwIfAborted();
      return writer.finish();
    });
  }

  /** One model at a time is being made: `cancel` knows which is meant. Throws `run/busy`. */
  async #exclusively<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (this.#underWay !== undefined) throw busy('Another model');
    const controller = this.#underWay = new AbortController();
    try {
      await this.#sweepOnce();
      return await work(controller.signal);
    } finally {
      this.#underWay = undefined;
    }
  }

  /** The same address is the same model; files are the same as long as none of them changes. */
  async #modelAt(place: Exclude<ModelPlace, { kind: 'kept' }>, source: Source): Promise<NewModel> {
    const identity = place.kind === 'url'
      ? place.url.replace(/\/+$/, '')
      : JSON.stringify([place.name, place.files.map(({ name, size, lastModified }) => [name, size, lastModified]).sort()]);
    const id = (await sha256(new TextEncoder().encode(`${place.kind}:${identity}`))).slice(0, 32);
    return { id, name: source.name, source: source.place, resumable: true, ...(place.kind === 'url' && { url: place.url }) };
  }

  /** Clears what tabs that closed have left, once. A model that somebody works on is theirs. */
  #sweepOnce(): Promise<void> {
    return this.#swept ??= this.#sweepAll();
  }

  async #sweepAll(): Promise<void> {
    const busy = await this.#disk.busy();
    const idle = (await this.#disk.ids()).filter((id) => !busy.has(id));
    // Sweeping is no one's request: what cannot be swept now is swept another time.
    await Promise.allSettled(idle.map((id) => this.#disk.alone(id, () => sweep(this.#disk, id))));
  }
}
