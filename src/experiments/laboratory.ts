/**
 * Experiments on the page: one series of runs at a time over a conductor of its own, kept so that a reload goes on with
 * it. Which threads, storage and lock it has is given to it; what is asked and what comes of it is told elsewhere.
 */
import type { Laboratory } from '../../workers/protocol';
import type { RunConductor } from '../comd/conduct';
import type { Report } from '../comd/report';
import { ComdError } from '../errors';
import {
  clearExperiments, type ExperimentRow, type ExperimentsDatabase, keepExperiment, keepSeries, keptExperiment, keptExperiments, keptSeries, openExperiments,
} from '../pools/experiments';
import type { ExperimentSeries, LaboratoryEvent, LaboratoryPresent, LaboratoryState, SeriesWish } from './laboratory-protocol';
import { OneRun } from './one-run';
import { type Failure, type Outcome, outcomeOf } from './outcome';
import { plan } from './plan';
import { type Archive, makeSeries, type SeriesEvent } from './series';

export interface LaboratorySurroundings {
  conductor: RunConductor;
  /** Runs `work` while nobody else can conduct. Throws `run/busy` where somebody does. */
  alone(work: () => Promise<void>): Promise<void>;
  /** Of this program: what another one has made is made anew. */
  version: string;
  reportHtml(report: Report): string;
  /** Name of the database of reports; tests use their own. */
  database?: string;
}

/** A series that is under way in this thread. */
interface Live {
  ending: AbortController;
  /** Resolves when it has ended, however it did. */
  over: Promise<void>;
}

export class ExperimentLaboratory implements Laboratory {
  readonly #surroundings: LaboratorySurroundings;
  readonly #database: Promise<ExperimentsDatabase>;
  readonly #listeners = new Set<(event: LaboratoryEvent) => void>();
  readonly #run: OneRun;
  #live: Live | null = null;
  #present: LaboratoryPresent | null = null;

  constructor(surroundings: LaboratorySurroundings) {
    this.#surroundings = surroundings;
    this.#database = openExperiments(surroundings.database);
    this.#run = new OneRun(surroundings.conductor, (progress) => this.#emit({ type: 'progress', progress }));
  }

  async listen(callback: (event: LaboratoryEvent) => void): Promise<void> {
    callback({ type: 'state', state: await this.#state() });
    this.#listeners.add(callback);
  }

  async start(wish: SeriesWish): Promise<void> {
    await this.#go(wish);
  }

  async resume(): Promise<void> {
    const series = await keptSeries<ExperimentSeries>(await this.#database);
    if (series?.state === 'running' && this.#live === null) await this.#go(series.wish);
  }

  async stop(): Promise<void> {
    this.#live?.ending.abort();
    await this.#live?.over;
  }

  async reportHtml(run: string): Promise<string> {
    const row = await keptExperiment(await this.#database, run);
    if (!row?.report) throw new ComdError('run/unexpected', `No report is kept of run ${run}.`, 'Run the experiment again: what is missing is made.');
    return this.#surroundings.reportHtml(row.report);
  }

  async clear(): Promise<void> {
    if (this.#live) throw new ComdError('run/busy', 'Experiments are under way.', 'Stop them first.');
    await clearExperiments(await this.#database);
    await this.#tell();
  }

  /** Begins a series and returns once it is under way; throws `run/busy` where something else is. */
  async #go(wish: SeriesWish): Promise<void> {
    if (this.#live) throw new ComdError('run/busy', 'Experiments are under way.', 'Stop them first.');
    const live: Live = { ending: new AbortController(), over: Promise.resolve() };
    this.#live = live;
    await new Promise<void>((underWay, refused) => {
      live.over = this.#surroundings.alone(async () => {
        await this.#become({ wish, state: 'running' });
        underWay();
        // From here on errors are the series': whoever asked for it has been answered.
        await this.#make(wish, live.ending.signal).catch((error: unknown) => this.#emit({ type: 'error', error: asComdError(error) }));
      }).catch(refused).finally(() => { if (this.#live === live) this.#live = null; });
    });
  }

  /** Runs the series to its end, and keeps and tells how it ended. */
  async #make(wish: SeriesWish, signal: AbortSignal): Promise<void> {
    const archive = archiveOver(await this.#database);
    let state: ExperimentSeries['state'] = 'finished';
    try {
      await makeSeries({
        runs: plan([wish.experiment], { ...wish, overrides: {} }), version: this.#surroundings.version, archive,
        make: (run, stop) => this.#run.make(run, stop), signal, tell: (event) => this.#hear(event),
      });
    } catch (error) {
      state = 'stopped';
      if (!signal.aborted) throw error;
    } finally {
      this.#present = null;
      // Whoever hears of the end may begin the next one at once.
      this.#live = null;
      await this.#become({ wish, state });
    }
  }

  async #hear(event: SeriesEvent): Promise<void> {
    if (event.type === 'begun') this.#present = { run: event.run.id, seed: event.run.seed, variants: event.run.uses.map(({ variant }) => variant), place: event.place, of: event.of };
    await this.#tell();
  }

  async #become(series: ExperimentSeries): Promise<void> {
    await keepSeries(await this.#database, series);
    await this.#tell();
  }

  async #tell(): Promise<void> {
    this.#emit({ type: 'state', state: await this.#state() });
  }

  async #state(): Promise<LaboratoryState> {
    const database = await this.#database;
    const [rows, series] = await Promise.all([keptExperiments(database), keptSeries<ExperimentSeries>(database)]);
    const outcomes = rows.flatMap((row) => outcomesOf(row)).filter(({ version }) => version === this.#surroundings.version);
    // What is kept as running and is not under way was cut off with its thread.
    const told = series?.state === 'running' && this.#live === null ? { ...series, state: 'interrupted' as const } : series;
    return { series: told, outcomes, failures: rows.flatMap(failuresOf), present: this.#present };
  }

  #emit(event: LaboratoryEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

const outcomesOf = ({ run, report }: ExperimentRow): Outcome[] => (report === null ? [] : [outcomeOf(run, report)]);
const failuresOf = ({ run, seed, error }: ExperimentRow): Failure[] => (error === null ? [] : [{ run, seed, ...error }]);

function archiveOver(database: ExperimentsDatabase): Archive {
  return {
    outcome: async (run) => {
      const row = await keptExperiment(database, run);
      return row === null ? null : outcomesOf(row)[0] ?? null;
    },
    keep: ({ id, seed }, report) => keepExperiment(database, { run: id, seed, report, error: null }),
    keepFailure: ({ id, seed }, { message, remedy }) => keepExperiment(database, { run: id, seed, report: null, error: { message, remedy } }),
  };
}

function asComdError(error: unknown): ComdError {
  if (error instanceof ComdError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new ComdError('run/unexpected', message, 'Start the experiment again: what was made is kept.', { cause: error });
}
