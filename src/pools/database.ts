/**
 * The one IndexedDB database of the runs: its version, its transactions, and how a full disk shows. Big tensors are not kept here but
 * in OPFS (`checkpoint/`).
 */
import { type IDBPTransaction, openDB } from 'idb';
import { ComdError } from '../errors';
import { createStores, type PoolsDatabase, type PoolsSchema } from './schema';
import { fromBlocks, fromVersion1 } from './upgrade';

export type { PoolsDatabase } from './schema';

const version = 4;

/**
 * Opens the database, creating its stores when it is new and upgrading what an older version stored. Throws `run/busy` where a page of
 * an older version is open, which would have to share it.
 */
export function openPools(name = 'comd-web'): Promise<PoolsDatabase> {
  return new Promise((opened, refused) => {
    openDB<PoolsSchema>(name, version, {
      upgrade(database, from, _to, transaction) {
        if (from === 0) return createStores(database);
        transaction.done.catch(() => undefined);
        const upgrading = from === 1 ? fromVersion1(database, transaction) : fromBlocks(database, transaction);
        upgrading.catch((error: unknown) => {
          refused(error as Error);
          // Else half of it would be kept.
          transaction.abort();
        });
      },
      blocked: () => refused(new ComdError('run/busy', 'An older version of this page is open in another tab.', 'Close that tab and reload this one.')),
    }).then(opened, refused);
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
