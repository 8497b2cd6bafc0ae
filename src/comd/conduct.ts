/**
 * The owner of the run: starts it, holds it, ends it, takes it up again after a reload or a failure, and tells whoever
 * listens. What a run does is the cycle's; which threads and which storage it has is given to it.
 */
import type { Conductor, ModelWorker, RunSummary } from '../../workers/protocol';
import type { DataSet, Pixels } from '../data/types';
import { ComdError } from '../errors';
import { openPools, type PoolsDatabase } from '../pools/database';
import { Ledger } from '../pools/ledger';
import type { RunRow } from '../pools/rows';
import { beginRun, changeRun, discardRun, storedRun } from '../pools/runs';
import { TestItems } from '../pools/test-items';
import { type PresetName, presets, type Settings } from '../settings';
import { cycle } from './cycle';
import type { RunEvent, RunState } from './events';
import { Gate, Stopped } from './gate';
import { importPool } from './import-pool';
import { leave } from './leave';
import { expectRun } from './plan';
import { Playback } from './playback';
import { prepare } from './prepare';
import { Progress } from './progress';
import type { Report } from './report';
import { introduce, modelsKey, retell } from './retell';
import { checkModels, loadOptions, placeOf } from './models';
import { type Cast, forbiddenBy, heldOutOf, playersOf } from './run';
import { type ByteStore, runFolder } from './student';
import { Work } from './work';

/** The threads of the two models; calls on a thread that broke must fail. */
export interface Models {
  student: ModelWorker;
  teacher: ModelWorker;
  close(): void;
}

/** What a conductor is given. */
export interface Surroundings {
  openModels(): Models;
  openDataSet(name: string): Promise<DataSet>;
  /** The address of a checkpoint folder named by a preset. */
  modelUrl(path: string): string;
  store: ByteStore;
  /** Runs `work` while nobody else can conduct. Throws `run/busy` where somebody does. */
  alone(work: () => Promise<void>): Promise<void>;
  reportHtml(report: Report): string;
  /** Name of the database; tests use their own. */
  database?: string;
}

/** A run that is under way in this thread. */
interface Live {
  gate: Gate;
  /** Resolves when it has ended, however it did. */
  over: Promise<void>;
}

export class RunConductor implements Conductor {
  readonly #surroundings: Surroundings;
  readonly #database: Promise<PoolsDatabase>;
  readonly #playback = new Playback();
  readonly #listeners = new Set<(event: RunEvent) => void>();
  readonly #dataSets = new Map<string, Promise<DataSet>>();
  #retold: Promise<void> | null = null;
  #live: Live | null = null;

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
    this.#database = openPools(surroundings.database);
  }

  async listen(callback: (event: RunEvent) => void): Promise<void> {
    await this.#tellStored();
    for (const event of this.#playback.replay()) callback(event);
    this.#listeners.add(callback);
  }

  async state(): Promise<{ state: RunState; run: RunSummary | null }> {
    const row = await this.#stored();
    if (!row) return { state: 'idle', run: null };
    const { id, preset, settings, started, state } = row;
    return { state, run: { id, preset, settings, started } };
  }

  async start(preset: PresetName, settings: Settings): Promise<void> {
    const row = await this.#stored();
    if (row && row.state !== 'finished' && row.state !== 'stopped') {
      throw new ComdError('run/busy', `A run of preset "${row.preset}" is stored and not finished.`, 'Resume it, or discard it first.');
    }
    checkModels(settings);
    if (row) await this.discard();
    await this.#tellStored();
    await this.#go(async () => {
      const started = new Date().toISOString();
      const summary = { id: started.replace(/\W/g, ''), preset, settings, started };
      await beginRun(await this.#database, summary);
      return { ...summary, state: 'running', report: null };
    });
  }

  async pause(): Promise<void> {
    const row = await this.#stored();
    if (!row || !this.#live || row.state !== 'running') return;
    this.#live.gate.hold();
    await this.#become(row.id, 'paused');
  }

  async resume(): Promise<void> {
    await this.#tellStored();
    const row = await this.#stored();
    if (!row || row.state === 'finished' || row.state === 'stopped') return;
    if (!this.#live) return this.#go(async () => row);
    this.#live.gate.open();
    if (row.state === 'paused') await this.#become(row.id, 'running');
  }

  async stop(): Promise<void> {
    await this.#end();
    const row = await this.#stored();
    if (row && row.state !== 'finished' && row.state !== 'stopped') await this.#become(row.id, 'stopped');
  }

  async discard(): Promise<void> {
    await this.#end();
    const row = await this.#stored();
    if (!row) return;
    await this.#surroundings.store.remove(runFolder(row.id));
    await discardRun(await this.#database, row.id);
    this.#playback.clear();
    this.#emit({ type: 'state', state: 'idle' });
  }

  async importPool(file: string, text: string): Promise<number> {
    const row = await this.#stored();
    if (row?.state !== 'paused') throw new ComdError('run/busy', 'Records can be added only to a run that is paused.', 'Pause the run first.');
    const data = await this.#dataOf(row.preset);
    const ledger = await Ledger.open(await this.#database, row.id, forbiddenBy(heldOutOf(data, row.settings)));
    return importPool({ data, ledger, settings: row.settings }, file, text);
  }

  async download(): Promise<Uint8Array<ArrayBuffer>> {
    const row = await this.#stored();
    if (!row) throw new ComdError('run/unexpected', 'No run is stored, so that there is nothing to download.', 'Start a run first.');
    const { store, reportHtml } = this.#surroundings;
    return leave(await this.#readLedger(row), await this.#dataOf(row.preset), store, row.report, reportHtml);
  }

  async report(): Promise<Report | null> {
    return (await this.#stored())?.report ?? null;
  }

  async pixels(image: string): Promise<Pixels> {
    const row = await this.#stored();
    return (await this.#dataOf(row?.preset ?? 'emoji')).pixels(image);
  }

  /** Takes the run of `take` up and returns once it is under way; throws `run/busy` if another tab conducts. */
  async #go(take: () => Promise<RunRow>): Promise<void> {
    if (this.#live) throw new ComdError('run/busy', 'A run is under way.', 'Stop it first.');
    const gate = new Gate();
    await new Promise<void>((underWay, refused) => {
      const over = this.#surroundings.alone(async () => {
        const row = await take();
        await this.#become(row.id, 'running');
        underWay();
        // From here on errors are the run's: `#conduct` tells them, or this does where even that failed.
        await this.#conduct(row, gate).catch((error: unknown) => this.#emit({ type: 'error', error: asComdError(error) }));
      }).catch(refused).finally(() => { this.#live = null; });
      this.#live = { gate, over };
    });
  }

  /** Runs the cycle to its end, and stores and tells how it ended. */
  async #conduct(row: RunRow, gate: Gate): Promise<void> {
    const models = this.#surroundings.openModels();
    try {
      const report = await this.#cycle(row, gate, models);
      await this.#become(row.id, 'finished', report);
    } catch (error) {
      const stopped = error instanceof Stopped;
      if (!stopped) this.#emit({ type: 'error', error: asComdError(error) });
      await this.#become(row.id, stopped ? 'stopped' : 'failed');
    } finally {
      models.close();
    }
  }

  async #cycle({ id, preset, settings }: RunRow, gate: Gate, models: Models): Promise<Report> {
    const { store } = this.#surroundings;
    const emit = (event: RunEvent) => this.#emit(event);
    const data = await this.#dataOf(preset);
    const heldOut = heldOutOf(data, settings);
    const ledger = await Ledger.open(await this.#database, id, forbiddenBy(heldOut));
    const progress = new Progress(emit);
    const work = new Work(ledger, gate, progress);
    expectRun(progress, settings, heldOut);
    progress.tell();
    const [cast, blind] = await Promise.all([this.#load(models, preset, settings, progress), prepare({ data, settings, heldOut, work })]);
    const result = { student: cast.student.info, teacher: cast.teacher.info };
    await ledger.commit(modelsKey, { result, items: 0, tokens: 0, seconds: 0, clock: work.clock() });
    const players = playersOf(id, cast, data, settings, store, work);
    return cycle({ id, preset, settings, data, heldOut, cast, players, work, emit }, blind, store);
  }

  /** Loads both checkpoints at once, each in its thread. Throws `device/no-adapter`, `checkpoint/*`. */
  async #load(models: Models, preset: PresetName, settings: Settings, progress: Progress): Promise<Cast> {
    const load = async (role: 'student' | 'teacher') => {
      const model = models[role];
      const place = placeOf(settings[role], this.#surroundings.modelUrl(presets[preset][role]));
      const info = await model.load(place, loadOptions(role, settings), (file, loaded, total) => this.#emit({ type: 'shard', role, file, loaded, total }));
      for (const event of introduce(role, info)) this.#emit(event);
      progress.add(0, 'load', { kind: null, items: 1, tokens: 0, seconds: 0 });
      return { model, info };
    };
    const [student, teacher] = await Promise.all([load('student'), load('teacher')]);
    progress.finish(0, 'load');
    return { student, teacher };
  }

  /** Ends a run that is under way and waits until it is over. */
  async #end(): Promise<void> {
    this.#live?.gate.close(new Stopped());
    await this.#live?.over.catch(() => undefined);
  }

  async #become(run: string, state: RunState, report?: Report): Promise<void> {
    await changeRun(await this.#database, run, state, report);
    this.#emit({ type: 'state', state });
  }

  #emit(event: RunEvent): void {
    this.#playback.hear(event);
    for (const listener of this.#listeners) listener(event);
  }

  /** Fills the playback from a run that was stored before this thread began; once. */
  #tellStored(): Promise<void> {
    this.#retold ??= (async () => {
      const row = await this.#stored();
      if (!row) return;
      this.#playback.hear({ type: 'state', state: row.state });
      for await (const event of retell(row, await this.#readLedger(row))) this.#playback.hear(event);
    })();
    return this.#retold;
  }

  async #stored(): Promise<RunRow | null> {
    return storedRun(await this.#database);
  }

  /** A ledger to read from: nothing is forbidden because nothing will be added. */
  async #readLedger(row: RunRow): Promise<Ledger> {
    return Ledger.open(await this.#database, row.id, new TestItems([]));
  }

  #dataOf(preset: PresetName): Promise<DataSet> {
    const name = presets[preset].dataset;
    const opening = this.#dataSets.get(name) ?? this.#surroundings.openDataSet(name);
    this.#dataSets.set(name, opening);
    // A data set that could not be opened is asked for again next time.
    opening.catch(() => this.#dataSets.delete(name));
    return opening;
  }
}

function asComdError(error: unknown): ComdError {
  if (error instanceof ComdError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new ComdError('run/unexpected', message, 'Resume the run: it goes on from what it has stored.', { cause: error });
}
