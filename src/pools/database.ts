/**
 * The one IndexedDB database of the application: its stores, its version, and how a full disk shows. Big tensors are
 * not kept here but in OPFS (`checkpoint/`).
 */
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import { ComdError } from '../errors';
import type { AssessmentRow, MarkRow, RecordRow, RunRow } from './rows';

export interface PoolsSchema extends DBSchema {
  runs: { key: string; value: RunRow };
  records: { key: [run: string, id: string]; value: RecordRow };
  assessments: { key: [run: string, iteration: number, id: string]; value: AssessmentRow };
  journal: { key: [run: string, iteration: number, phase: string, item: string]; value: MarkRow };
}
export type PoolsDatabase = IDBPDatabase<PoolsSchema>;

const version = 1;

/** Opens the database, creating its stores when it is new. */
export function openPools(name = 'comd-web'): Promise<PoolsDatabase> {
  return openDB<PoolsSchema>(name, version, {
    upgrade(database) {
      database.createObjectStore('runs', { keyPath: 'id' });
      database.createObjectStore('records', { keyPath: ['run', 'id'] });
      database.createObjectStore('assessments', { keyPath: ['run', 'iteration', 'id'] });
      database.createObjectStore('journal', { keyPath: ['run', 'iteration', 'phase', 'item'] });
    },
  });
}

/** Every key of `run` in a store whose keys begin with the run: arrays sort after strings and numbers. */
export const ofRun = (run: string): IDBKeyRange => IDBKeyRange.bound([run], [run, []]);

/**
 * Runs one transaction; if storage is full it leaves everything as it was and throws `pools/quota`.
 */
export async function storing<T>(transaction: () => Promise<T>): Promise<T> {
  try {
    return await transaction();
  } catch (error) {
    if (!(error instanceof DOMException) || error.name !== 'QuotaExceededError') throw error;
    throw new ComdError(
      'pools/quota',
      'The browser has no room left to store the pools; what was stored before is unharmed.',
      'Free some disk space or discard an older run, then resume.',
      { cause: error },
    );
  }
}
