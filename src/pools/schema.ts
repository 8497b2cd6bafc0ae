/** The stores of the runs' database, and by what each is found. How it is opened is `database.ts`'. */
import type { DBSchema, IDBPDatabase, IDBPObjectStore, StoreNames } from 'idb';
import type { AssessmentRow, BlockRow, MarkRow, PoolRow, RunRow } from './rows';
import { emptyPool } from './segments';

export interface PoolsSchema extends DBSchema {
  runs: { key: string; value: RunRow };
  /** How each run's records are counted. */
  pools: { key: string; value: PoolRow };
  blocks: {
    key: [run: string, segment: number, place: number];
    value: BlockRow;
    /** An image's blocks lie in the order of their keys, so that reading them can be broken off and gone on with. */
    indexes: { id: BlockRow['ids'][number]; image: BlockRow['images'][number] };
  };
  assessments: { key: [run: string, iteration: number, id: string]; value: AssessmentRow };
  journal: { key: [run: string, iteration: number, phase: string, item: string]; value: MarkRow };
}
export type PoolsDatabase = IDBPDatabase<PoolsSchema>;

/** All stores, in a new database. */
export function createStores(database: PoolsDatabase): void {
  database.createObjectStore('runs', { keyPath: 'id' });
  createBlocks(database);
  database.createObjectStore('assessments', { keyPath: ['run', 'iteration', 'id'] });
  database.createObjectStore('journal', { keyPath: ['run', 'iteration', 'phase', 'item'] });
}

/** The stores of the records and of how they are counted. */
export function createBlocks(database: PoolsDatabase): void {
  database.createObjectStore('pools', { keyPath: 'run' });
  const blocks = database.createObjectStore('blocks', { keyPath: ['run', 'segment', 'place'] });
  blocks.createIndex('id', 'ids', { multiEntry: true });
  blocks.createIndex('image', 'images', { multiEntry: true });
}

type Store<Name extends StoreNames<PoolsSchema>> = IDBPObjectStore<PoolsSchema, StoreNames<PoolsSchema>[], Name, 'readwrite'>;
/** What finding a block takes of a store. */
export interface BlockReader {
  openCursor(range: IDBKeyRange, direction: 'prev'): Promise<{ value: BlockRow } | null>;
}

/** How a run's records are counted, read within a transaction. */
export async function poolRowIn(pools: Pick<Store<'pools'>, 'get'>, run: string): Promise<PoolRow> {
  return await pools.get(run) ?? emptyPool(run);
}
