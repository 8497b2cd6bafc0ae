/**
 * From version 1 of the database, which kept a run's records by id alone, to version 2, which counts them. Everything is kept. A run
 * that has not ended is ended: what it has asked and marked so far was drawn in an order that there is no more.
 */
import type { IDBPTransaction, StoreNames } from 'idb';
import type { InstructionRecord } from '../data/types';
import { blocksOf } from './blocks';
import { createBlocks, type PoolsDatabase, type PoolsSchema } from './schema';
import { emptyPool, extended } from './segments';

type Upgrading = IDBPTransaction<PoolsSchema, StoreNames<PoolsSchema>[], 'versionchange'>;
/** A record as version 1 kept it. */
type OldRow = InstructionRecord & { run: string; pools: string[] };

/** Within the transaction of the upgrade. Version 1 read all of a pool into memory, and so does this. */
export async function fromVersion1(database: PoolsDatabase, transaction: Upgrading): Promise<void> {
  const old = await (transaction as unknown as IDBPTransaction<unknown, string[], 'versionchange'>).objectStore('records').getAll() as OldRow[];
  (database as unknown as Pick<IDBDatabase, 'deleteObjectStore'>).deleteObjectStore('records');
  createBlocks(database);
  for (const run of new Set(old.map((row) => row.run))) await count(run, old.filter((row) => row.run === run), transaction);
  const runs = transaction.objectStore('runs');
  for (const run of await runs.getAll()) {
    if (run.state !== 'finished' && run.state !== 'stopped') await runs.put({ ...run, state: 'stopped', outdated: true });
  }
}

/** Counts the records of a run: by iteration, and within one by id. */
async function count(run: string, old: readonly OldRow[], transaction: Upgrading): Promise<void> {
  const blocks = transaction.objectStore('blocks');
  let pool = emptyPool(run);
  for (const iteration of [...new Set(old.map((row) => row.iteration))].sort((a, b) => a - b)) {
    const records = old.filter((row) => row.iteration === iteration).map(({ run: _run, pools: _pools, ...record }) => record);
    const { pool: longer, at } = extended(pool, iteration, records.length);
    for (const block of blocksOf(run, at.segment.id, at.place, records)) await blocks.put(block);
    pool = longer;
  }
  await transaction.objectStore('pools').put(pool);
}
