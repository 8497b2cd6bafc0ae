/**
 * The page's side of own data: what there is, what was given and how it would be taken, the one chore that is under way, and what
 * came of the last one. Its methods throw what the library throws; who calls them shows it. It draws nothing.
 */
import { signal } from '@preact/signals';
import type { ArchiveFormat, DataLibrary, DataPreview, OwnSet, TakeProgress, Taken, TakeWishes } from '../../../workers/data-protocol';
import { ComdError } from '../../errors';
import { gather, nextFrame, type Schedule } from '../frames';
import type { Given } from './given';

export type DataRoom = Awaited<ReturnType<DataLibrary['room']>>;

export interface DataChore {
  kind: 'look' | 'take' | 'remove' | 'archive';
  /** Of the data set that it is about; empty for one that is being taken in. */
  id: string;
  /** It was asked to end, and has not yet. */
  ending: boolean;
}

/** What came of the last import, until something else is given. */
export interface LastTaken extends Taken {
  name: string;
}

const plain: TakeWishes = { name: '', licence: '', heldOutOnly: false, encoding: 'utf-8' };

export class DataSession {
  /** Newest first; null until the library has answered. */
  readonly sets = signal<readonly OwnSet[] | null>(null);
  readonly room = signal<DataRoom | null>(null);
  readonly given = signal<Given | null>(null);
  readonly wishes = signal<TakeWishes>(plain);
  readonly preview = signal<DataPreview | null>(null);
  readonly chore = signal<DataChore | null>(null);
  readonly progress = signal<TakeProgress | null>(null);
  readonly last = signal<LastTaken | null>(null);
  readonly #library: DataLibrary;
  readonly #heard;

  constructor(library: DataLibrary, schedule: Schedule = nextFrame) {
    this.#library = library;
    this.#heard = gather<TakeProgress>((progress) => {
      if (this.chore.value?.kind === 'take') this.progress.value = progress.at(-1) ?? null;
    }, schedule);
  }

  /** Asks what there is, and how much room. */
  async refresh(): Promise<void> {
    const [sets, room] = await Promise.all([this.#library.list(), this.#library.room()]);
    this.sets.value = sets;
    this.room.value = room;
  }

  /** Looks at what was given; nothing is stored. */
  async give(given: Given): Promise<void> {
    await this.#do('look', '', async () => {
      this.given.value = given;
      this.preview.value = null;
      this.last.value = null;
      this.wishes.value = { ...plain, name: given.name, encoding: this.wishes.value.encoding };
      await this.#look(given);
    });
  }

  /** Changes how it will be taken; another encoding is looked at anew. */
  async wish(change: Partial<TakeWishes>): Promise<void> {
    const before = this.wishes.value;
    this.wishes.value = { ...before, ...change };
    const given = this.given.value;
    if (given !== null && this.wishes.value.encoding !== before.encoding) await this.#do('look', '', () => this.#look(given));
  }

  /** Lets go of what was given. */
  clear(): void {
    this.given.value = null;
    this.preview.value = null;
  }

  /** Takes what was given in; it is let go of once that is done. Null where nothing is given. */
  async take(): Promise<Taken | null> {
    const given = this.given.value;
    if (given === null) return null;
    const wishes = { ...this.wishes.value, name: this.wishes.value.name.trim() || given.name };
    return this.#do('take', '', async () => {
      this.progress.value = null;
      this.last.value = null;
      const taken = await this.#library.take(given.files, wishes, (progress) => this.#heard.put(progress));
      this.last.value = { ...taken, name: wishes.name };
      this.clear();
      return taken;
    });
  }

  /** Ends the taking in that is under way, which then fails with `data/cancelled`. */
  async cancel(): Promise<void> {
    const chore = this.chore.value;
    if (chore?.kind !== 'take' || chore.ending) return;
    this.chore.value = { ...chore, ending: true };
    await this.#library.cancel();
  }

  /** Ask first. */
  remove(id: string): Promise<void> {
    return this.#do('remove', id, async () => {
      await this.#library.remove(id);
      if (this.last.value?.set?.id === id) this.last.value = null;
    });
  }

  /** A data set as one zip. */
  archive(id: string, format: ArchiveFormat): Promise<File> {
    return this.#do('archive', id, () => this.#library.archive(id, format));
  }

  async #look({ files }: Given): Promise<void> {
    this.preview.value = await this.#library.preview(files, this.wishes.value.encoding);
  }

  /** One chore at a time. */
  async #do<T>(kind: DataChore['kind'], id: string, work: () => Promise<T>): Promise<T> {
    if (this.chore.value !== null) throw new ComdError('run/busy', 'The data screen is at work.', 'Wait until that is done, or cancel it.');
    this.chore.value = { kind, id, ending: false };
    try {
      return await work();
    } finally {
      this.#heard.clear();
      this.chore.value = null;
      if (kind !== 'look') await this.refresh().catch(() => undefined);
    }
  }
}
