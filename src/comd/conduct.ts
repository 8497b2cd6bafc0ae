/**
 * The owner of the run: starts it, holds it, ends it, takes it up again after a reload or a failure, and tells whoever
 * listens. What a run does is the cycle's; which threads and which storage it has is given to it.
 */
import type { Conductor, ModelPlace, ModelWorker, RunSummary } from '../../workers/protocol';
import type { DataSet, Pixels } from '../data/types';
import { ComdError } from '../errors';
import { openPools, type PoolsDatabase } from '../pools/database';
import { Ledger } from '../pools/ledger';
import type { RunRow } from '../pools/rows';
import { beginRun, changeRun, discardRun, storedRun } from '../pools/runs';
import { TestItems } from '../pools/test-items';
import { type PresetName, presets } from '../presets';
import { defaults, type Settings } from '../settings';
import { promptOf, type PromptForm } from '../text/chat';
import { cycle } from './cycle';
import { asToday } from './earlier-runs';
import type { Role, RunEvent, RunState } from './events';
import { Gate, Stopped } from './gate';
import { importPool } from './import-pool';
import { leave } from './leave';
import { expectRun } from './plan';
import { Playback } from './playback';
import { prepare } from './prepare';
import { Progress } from './progress';
import type { Report } from './report';
import { introduce, modelsKey, type ModelsMark, retell } from './retell';
import { checkSoftTargets } from './soft';
import { checkModels, loadOptions, placeOf, playerOf, playersNeeded } from './models';
import { type Actor, type Cast, forbiddenBy, heldOutOf, playersOf } from './run';
import { type ByteStore, runFolder } from './student';
import { Work } from './work';

/** The threads of the models; calls on a thread that broke must fail. */
export interface Models {
  /** Starts the thread of a role; nothing is loaded yet. */
  open(role: Role): ModelWorker;
  /** Ends them all. */
  close(): void;
}

/** What a conductor is given. */
export interface Surroundings {
  openModels(): Models;
  /** By the name of a preset's own, or as the setting `data` names one. */
  openDataSet(name: string): Promise<DataSet>;
  /** The address of a checkpoint folder named by a preset. */
  modelUrl(path: string): string;
  /** What a checkpoint says about its prompts, without its weights. Throws `checkpoint/*`. */
  promptForm(place: ModelPlace): Promise<PromptForm>;
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
  readonly #promptForms = new Map<string, Promise<PromptForm>>();
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
    // Own data may have been deleted or taken in since it was opened last.
    this.#dataSets.delete(settings.data);
    if (settings.data !== '') await this.#dataOf({ preset, settings });
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

  async importPool(file: File): Promise<number> {
    const row = await this.#stored();
    if (row?.state !== 'paused') throw new ComdError('run/busy', 'Records can be added only to a run that is paused.', 'Pause the run first.');
    const data = await this.#dataOf(row);
    const ledger = await Ledger.open(await this.#database, row.id, forbiddenBy(await heldOutOf(data, row.settings), data));
    return importPool({ data, ledger, settings: row.settings }, file);
  }

  async download(): Promise<Blob> {
    const row = await this.#stored();
    if (!row) throw new ComdError('run/unexpected', 'No run is stored, so that there is nothing to download.', 'Start a run first.');
    const { store, reportHtml } = this.#surroundings;
    return leave(await this.#readLedger(row), row, await this.#dataOf(row), store, reportHtml);
  }

  async report(): Promise<Report | null> {
    return (await this.#stored())?.report ?? null;
  }

  async chatPrompt(preset: PresetName, settings: Settings, role: Role, turn: string): Promise<string> {
    const place = this.#placeOf(preset, settings, playerOf(role, settings));
    const form = await kept(this.#promptForms, JSON.stringify(place), () => this.#surroundings.promptForm(place));
    return promptOf(form, turn, 1).text;
  }

  async pixels(image: string): Promise<Pixels> {
    const row = await this.#stored();
    return (await this.#dataOf(row ?? { preset: 'emoji', settings: defaults })).pixels(image);
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
    const data = await this.#dataOf({ preset, settings });
    const heldOut = await heldOutOf(data, settings);
    if (heldOut.test.length === 0) emit({ type: 'notice', text: `"${data.name}" has no test items, so that no accuracy is measured.` });
    const ledger = await Ledger.open(await this.#database, id, forbiddenBy(heldOut, data));
    const progress = new Progress(emit);
    const work = new Work(ledger, gate, progress);
    expectRun(progress, settings, heldOut);
    progress.tell();
    const [cast, blind] = await Promise.all([this.#load(models, preset, settings, progress), prepare({ data, settings, heldOut, work })]);
    const result: ModelsMark = Object.fromEntries(Object.entries(cast).map(([role, { info }]) => [role, info]));
    await ledger.commit(modelsKey, { result, items: 0, calls: 0, tokens: 0, seconds: 0, clock: work.clock() });
    checkSoftTargets(cast, settings);
    const players = playersOf(id, cast, data, settings, store, work);
    return cycle({ id, preset, settings, data, heldOut, cast, players, work, emit }, blind, store);
  }

  /** Loads all checkpoints at once, each in its thread. Throws `device/no-adapter`, `checkpoint/*`. */
  async #load(models: Models, preset: PresetName, settings: Settings, progress: Progress): Promise<Cast> {
    const load = async (role: Role): Promise<Actor> => {
      const model = models.open(role);
      const info = await model.load(this.#placeOf(preset, settings, role), loadOptions(role, settings), (file, loaded, total) => this.#emit({ type: 'shard', role, file, loaded, total }));
      for (const event of introduce(role, info)) this.#emit(event);
      progress.add(0, 'load', { kind: null, items: 1, tokens: 0, seconds: 0 });
      return { model, info };
    };
    const roles = playersNeeded(settings);
    const actors = await Promise.all(roles.map(load));
    progress.finish(0, 'load');
    return Object.fromEntries(roles.map((role, i) => [role, actors[i]])) as Partial<Record<Role, Actor>> as Cast;
  }

  /** Where the model of a player is to be had. */
  #placeOf(preset: PresetName, settings: Settings, player: Role): ModelPlace {
    return placeOf(settings[player], presets[preset][player === 'student' ? 'student' : 'teacher'], this.#surroundings.modelUrl);
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
    const row = await storedRun(await this.#database);
    return row && asToday(row);
  }

  /** A ledger to read from: nothing is forbidden because nothing will be added. */
  async #readLedger(row: RunRow): Promise<Ledger> {
    return Ledger.open(await this.#database, row.id, new TestItems([]));
  }

  /** The data set that the settings name, or else the preset's own. Throws `settings/invalid` for one that is not there. */
  #dataOf({ preset, settings }: Pick<RunRow, 'preset' | 'settings'>): Promise<DataSet> {
    // A run that was stored before there was the setting has none.
    const name = settings.data || presets[preset].dataset;
    return kept(this.#dataSets, name, () => this.#surroundings.openDataSet(name));
  }
}

/** What is opened once and then kept; what could not be opened is asked for again next time. */
function kept<T>(opened: Map<string, Promise<T>>, name: string, open: () => Promise<T>): Promise<T> {
  const opening = opened.get(name) ?? open();
  opened.set(name, opening);
  opening.catch(() => opened.delete(name));
  return opening;
}

function asComdError(error: unknown): ComdError {
  if (error instanceof ComdError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new ComdError('run/unexpected', message, 'Resume the run: it goes on from what it has stored.', { cause: error });
}
