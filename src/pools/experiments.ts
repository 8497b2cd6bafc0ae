/**
 * What is kept of experiments in a database of its own: the report of every run by its id, or why it failed, and the
 * series that is under way. What an id stands for is not known here.
 */
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { Report } from '../comd/report';
import { storing } from './database';

/** A run that was made, or tried. */
export interface ExperimentRow {
  run: string;
  seed: number;
  /** Null where the run failed; `error` then says how. */
  report: Report | null;
  error: { message: string; remedy: string } | null;
}

/** What was asked for last, and how far it came; `S` is plain data. */
export interface SeriesRow<S> {
  /** There is one at most. */
  key: 'series';
  series: S;
}

interface ExperimentsSchema extends DBSchema {
  runs: { key: string; value: ExperimentRow };
  series: { key: string; value: SeriesRow<unknown> };
}
export type ExperimentsDatabase = IDBPDatabase<ExperimentsSchema>;

const version = 1;

/** Opens the database, creating its stores when it is new. */
export function openExperiments(name = 'comd-experiments-reports'): Promise<ExperimentsDatabase> {
  return openDB<ExperimentsSchema>(name, version, {
    upgrade(database) {
      database.createObjectStore('runs', { keyPath: 'run' });
      database.createObjectStore('series', { keyPath: 'key' });
    },
  });
}

/** Keeps a row in place of what was kept under its id. Throws `pools/quota`. */
export async function keepExperiment(database: ExperimentsDatabase, row: ExperimentRow): Promise<void> {
  const transaction = database.transaction('runs', 'readwrite');
  await storing(transaction, [() => transaction.store.put(row)]);
}

export async function keptExperiment(database: ExperimentsDatabase, run: string): Promise<ExperimentRow | null> {
  return await database.get('runs', run) ?? null;
}

export function keptExperiments(database: ExperimentsDatabase): Promise<ExperimentRow[]> {
  return database.getAll('runs');
}

/** Throws `pools/quota`. */
export async function keepSeries<S>(database: ExperimentsDatabase, series: S): Promise<void> {
  const transaction = database.transaction('series', 'readwrite');
  await storing(transaction, [() => transaction.store.put({ key: 'series', series })]);
}

export async function keptSeries<S>(database: ExperimentsDatabase): Promise<S | null> {
  return (await database.get('series', 'series'))?.series as S | undefined ?? null;
}

/** Forgets everything, in one transaction. */
export async function clearExperiments(database: ExperimentsDatabase): Promise<void> {
  const transaction = database.transaction(['runs', 'series'], 'readwrite');
  await Promise.all([transaction.objectStore('runs').clear(), transaction.objectStore('series').clear(), transaction.done]);
}
