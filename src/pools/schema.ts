/** The stores of the runs' database, and by what each is found. How it is opened is `database.ts`'. */
import type { DBSchema, IDBPDatabase, IDBPObjectStore, StoreNames } from 'idb';
import type { AssessmentRow, BlockRow, KeysRow, MarkRow, PoolRow, RunRow } from './rows';
import { emptyPool } from './segments';

export interface PoolsSchema extends DBSchema {
  runs: { key: string; value: RunRow };
  /** How each run's records are counted. */
  pools: { key: string; value: PoolRow };
  blocks: { key: [run: string, segment: number, place: number]; value: BlockRow };
  keys: { key: [run: string, segment: number, place: number]; value: KeysRow };
  assessments: { key: [run: string, iteration: number, id: string]; value: AssessmentRow };
  journal: { key: [run: string, iteration: number, phase: string, item: string]; value: MarkRow };
}
export type PoolsDatabase = IDBPDatabase<PoolsSchema>;

/** All stores, in a new database. */
export function createStores(database: PoolsDatabase): void {
  database.createObjectStore('runs', { keyPath: 'id' });
  database.createObjectStore('pools', { keyPath: 'run' });
  createBlocks(database);
  database.createObjectStore('assessments', { keyPath: ['run', 'iteration', 'id'] });
  database.createObjectStore('journal', { keyPath: ['run', 'iteration', 'phase', 'item'] });
}

/** The stores of the records. */
export function createBlocks(database: PoolsDatabase): void {
  database.createObjectStore('blocks', { keyPath: ['run', 'segment', 'place'] });
  database.createObjectStore('keys', { keyPath: ['run', 'segment', 'place'] });
}

type Store<Name extends StoreNames<PoolsSchema>> = IDBPObjectStore<PoolsSchema, StoreNames<PoolsSchema>[], Name, 'readwrite'>;
/** All of a store's rows of a segment. */
export const ofSegment = (run: string, segment: number): IDBKeyRange => IDBKeyRange.bound([run, segment], [run, segment, []]);

/** How a run's records are counted, read within a transaction. */
export async function poolRowIn(pools: Pick<Store<'pools'>, 'get'>, run: string): Promise<PoolRow> {
  return await pools.get(run) ?? emptyPool(run);
}
