/**
 * The page's side of what is kept on this machine: the library's answers as signals, and the one chore that is under
 * way. Its methods throw what the library throws; who calls them shows it. It draws nothing.
 */
import { signal } from '@preact/signals';
import type { Composition, KeepProgress, KeptModel, Library, ModelPlace } from '../../../workers/protocol';
import { ComdError } from '../../errors';
import { asComdError } from '../as-comd-error';
import { gather, nextFrame, type Schedule } from '../frames';
import type { Tell } from './events';
import { placeName } from './place';
import { moved, still, type Transfer } from './transfer';

type Room = Awaited<ReturnType<Library['room']>>;
export type Unfinished = Awaited<ReturnType<Library['unfinished']>>[number];

export interface Chore {
  kind: 'keep' | 'compose' | 'verify' | 'archive' | 'remove';
  /** Id of the kept model that it is about; empty for one that is not kept yet. */
  id: string;
  /** In words. */
  name: string;
  transfer: Transfer;
  /** It was asked to end, and has not yet. */
  ending: boolean;
}

/** What came of verifying a kept model. */
export type Verdict = { seconds: number } | { error: ComdError };

export class LibrarySession {
  /** Newest first; null until the library has answered. */
  readonly kept = signal<readonly KeptModel[] | null>(null);
  readonly unfinished = signal<readonly Unfinished[]>([]);
  readonly room = signal<Room | null>(null);
  readonly chore = signal<Chore | null>(null);
  /** By id of the kept model, until the page is left. */
  readonly verdicts = signal<Readonly<Record<string, Verdict>>>({});
  readonly #library: Library;
  readonly #tell: Tell;
  readonly #now: () => number;
  readonly #progress;

  /** `now` is a clock in milliseconds, for rates. */
  constructor(library: Library, tell: Tell, schedule: Schedule = nextFrame, now: () => number = () => performance.now()) {
    this.#library = library;
    this.#tell = tell;
    this.#now = now;
    this.#progress = gather<{ progress: KeepProgress; at: number }>((heard) => {
      const chore = this.chore.value;
      if (chore === null) return;
      this.chore.value = { ...chore, transfer: heard.reduce((transfer, { progress, at }) => moved(transfer, progress, at), chore.transfer) };
    }, schedule);
  }

  /** Asks what is kept, what broke off, and how much room there is. */
  async refresh(): Promise<void> {
    const [kept, unfinished, room] = await Promise.all([this.#library.list(), this.#library.unfinished(), this.#library.room()]);
    this.kept.value = kept;
    this.unfinished.value = unfinished;
    this.room.value = room;
  }

  /** Copies a checkpoint into the store; the same place again goes on with what broke off. */
  keep(place: ModelPlace): Promise<KeptModel> {
    return this.#do('keep', '', placeName(place, this.kept.value ?? []), (hear) => this.#library.keep(place, hear));
  }

  compose(parts: Composition): Promise<KeptModel> {
    return this.#do('compose', '', parts.name, (hear) => this.#library.compose(parts, hear));
  }

  /** Ends the keeping or composing that is under way, which then fails with `checkpoint/cancelled`. */
  async cancel(): Promise<void> {
    const chore = this.chore.value;
    if (chore === null || chore.ending) return;
    this.chore.value = { ...chore, ending: true };
    await this.#library.cancel();
  }

  /** Reads a kept model whole. What is wrong with it becomes its verdict and is not thrown. */
  async verify({ id, name }: KeptModel): Promise<void> {
    const { [id]: _, ...others } = this.verdicts.value;
    this.verdicts.value = others;
    const begun = this.#now();
    const verdict = await this.#do('verify', id, name, async (hear): Promise<Verdict> => {
      try {
        await this.#library.verify(id, hear);
        return { seconds: (this.#now() - begun) / 1000 };
      } catch (error) {
        return { error: asComdError(error, 'Verify it again; if it comes back, delete the model and keep it anew.') };
      }
    });
    this.verdicts.value = { ...this.verdicts.value, [id]: verdict };
  }

  /** Deletes a kept model, or what there is of an unfinished one. Ask first. */
  remove({ id, name }: Pick<KeptModel, 'id' | 'name'>): Promise<void> {
    return this.#do('remove', id, name, () => this.#library.remove(id));
  }

  /** A kept model as one zip. */
  archive({ id, name }: Pick<KeptModel, 'id' | 'name'>): Promise<File> {
    return this.#do('archive', id, name, () => this.#library.archive(id));
  }

  /** One chore at a time: the library ends "the" one that is under way, and two would share the disk for nothing. */
  async #do<T>(kind: Chore['kind'], id: string, name: string, work: (hear: (progress: KeepProgress) => void) => Promise<T>): Promise<T> {
    const under = this.chore.value;
    if (under !== null) throw new ComdError('run/busy', `The library is at work on "${under.name}".`, 'Wait until that is done, or cancel it.');
    this.chore.value = { kind, id, name, transfer: still, ending: false };
    try {
      return await work((progress) => {
        this.#tell({ type: 'copy', ...progress });
        this.#progress.put({ progress, at: this.#now() });
      });
    } finally {
      this.#progress.clear();
      this.chore.value = null;
      // What failed may have left something, or cleared something away.
      await this.refresh().catch(() => undefined);
    }
  }
}
