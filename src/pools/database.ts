/**
 * The one IndexedDB database of the application: its stores, its version, and how a full disk shows. Big tensors are
 * not kept here but in OPFS (`checkpoint/`).
 */
import { type DBSchema, type IDBPDatabase, type IDBPTransaction, openDB } from 'idb';
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
 * Makes all of `writes` in one transaction, or none: a write that throws before it reaches the disk would not undo the
 * others by itself. Throws `pools/quota` where storage is full.
 */
export async function storing(transaction: Pick<IDBPTransaction<PoolsSchema>, 'abort' | 'done'>, writes: readonly (() => Promise<unknown>)[]): Promise<void> {
  const errors: unknown[] = [];
  const pending: Promise<unknown>[] = [];
  try {
    for (const write of writes) pending.push(write());
  } catch (error) {
    errors.push(error);
    transaction.abort();
  }
  // One by one: there may be more writes than a call takes arguments.
  for (const end of await Promise.allSettled([...pending, transaction.done])) if (end.status === 'rejected') errors.push(end.reason);
  if (errors.length === 0) return;
  // What fails first says little: the other writes of a transaction that was undone fail as well.
  const cause = errors.find(isQuota);
  throw cause === undefined ? errors[0] : full(cause);
}

const isQuota = (error: unknown): boolean => error instanceof DOMException && error.name === 'QuotaExceededError';

function full(cause: unknown): ComdError {
  return new ComdError(
    'pools/quota',
    'The browser has no room left to store the pools; what was stored before is unharmed.',
    'Free some disk space or discard an older run, then resume.',
    { cause },
  );
}
