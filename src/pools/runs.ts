/**
 * The stored runs as wholes: begin one, read it, change its state, discard it. At most one run is stored at a time.
 */
import type { RunState } from '../comd/events';
import type { Report } from '../comd/report';
import type { RunSummary } from '../../workers/protocol';
import { ofRun, type PoolsDatabase, storing } from './database';
import type { RunRow } from './rows';

/** The stored run, or null. */
export async function storedRun(database: PoolsDatabase): Promise<RunRow | null> {
  const [row] = await database.getAll('runs', null, 1);
  return row ?? null;
}

/** Stores a new run in state `running`. Throws `pools/quota`. */
export async function beginRun(database: PoolsDatabase, summary: RunSummary): Promise<void> {
  const transaction = database.transaction('runs', 'readwrite');
  await storing(transaction, [() => transaction.store.add({ ...summary, state: 'running', report: null })]);
}

/** Changes the state of a stored run, and keeps its report once there is one. Throws `pools/quota`. */
export async function changeRun(database: PoolsDatabase, run: string, state: RunState, report?: Report): Promise<void> {
  const transaction = database.transaction('runs', 'readwrite');
  const row = await transaction.store.get(run);
  await storing(transaction, row ? [() => transaction.store.put({ ...row, state, report: report ?? row.report })] : []);
}

/** Forgets a run and all that belongs to it, in one transaction. */
export async function discardRun(database: PoolsDatabase, run: string): Promise<void> {
  const transaction = database.transaction(['runs', 'pools', 'blocks', 'keys', 'assessments', 'journal'], 'readwrite');
  await Promise.all([
    transaction.objectStore('runs').delete(run),
    transaction.objectStore('pools').delete(run),
    transaction.objectStore('blocks').delete(ofRun(run)),
    transaction.objectStore('keys').delete(ofRun(run)),
    transaction.objectStore('assessments').delete(ofRun(run)),
    transaction.objectStore('journal').delete(ofRun(run)),
    transaction.done,
  ]);
}
