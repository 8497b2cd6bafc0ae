/**
 * From older versions of the database to this one. Everything is kept. Version 1 kept a run's records by id alone; a run of its that
 * has not ended is ended: what it has asked and marked so far was drawn in an order that there is no more. Version 2 kept blocks of
 * any length, found by the ids and images in them; version 3 full ones, and the ids in rows of their own.
 */
import type { IDBPTransaction, StoreNames } from 'idb';
import type { InstructionRecord } from '../data/types';
import { appended } from './appending';
import { recordsOf } from './blocks';
import type { BlockRow, Segment } from './rows';
import { createBlocks, ofSegment, type PoolsDatabase, type PoolsSchema } from './schema';
import { emptyPool, extended } from './segments';

type Upgrading = IDBPTransaction<PoolsSchema, StoreNames<PoolsSchema>[], 'versionchange'>;
/** A record as version 1 kept it. */
type OldRow = InstructionRecord & { run: string; pools: string[] };
/** What is read of a block of version 2 or 3. */
type OldBlock = Pick<BlockRow, 'place' | 'records'>;
interface OldBlocks {
  getAll(range: IDBKeyRange, count: number): Promise<unknown[]>;
}
/** What there is no more, so that the schema does not know it. */
type Forgotten = IDBPTransaction<unknown, string[], 'versionchange'>;
type Dropping = Pick<IDBDatabase, 'deleteObjectStore' | 'objectStoreNames'>;

/** Old blocks that are in memory at a time. */
const blocksAtOnce = 32;

/** Within the transaction of the upgrade. Version 1 read all of a pool into memory, and so does this. */
export async function fromVersion1(database: PoolsDatabase, transaction: Upgrading): Promise<void> {
  const old = await (transaction as unknown as Forgotten).objectStore('records').getAll() as OldRow[];
  (database as unknown as Dropping).deleteObjectStore('records');
  database.createObjectStore('pools', { keyPath: 'run' });
  createBlocks(database);
  for (const run of new Set(old.map((row) => row.run))) await count(run, old.filter((row) => row.run === run), transaction);
  const runs = transaction.objectStore('runs');
  for (const run of await runs.getAll()) {
    if (run.state !== 'finished' && run.state !== 'stopped') await runs.put({ ...run, state: 'stopped', outdated: true });
  }
}

/** From version 2 or 3, within the transaction of the upgrade. Records keep their ordinals, so that runs go on; an import that broke off is cleared. */
export async function fromBlocks(database: PoolsDatabase, transaction: Upgrading): Promise<void> {
  const old = (transaction as unknown as Forgotten).objectStore('blocks');
  old.name = 'old blocks';
  createBlocks(database);
  const pools = transaction.objectStore('pools');
  for (const pool of await pools.getAll()) {
    for (const segment of pool.segments) {
      let place = 0;
      for await (const records of recordsIn(old, pool.run, segment)) {
        await append(transaction, pool.run, segment.id, place, records);
        place += records.length;
      }
    }
    await pools.put({ ...pool, staging: null });
  }
  const dropping = database as unknown as Dropping;
  dropping.deleteObjectStore(old.name);
  if (dropping.objectStoreNames.contains('ids')) dropping.deleteObjectStore('ids');
}

/** The records of a segment in old blocks, those of some blocks at a time. */
async function* recordsIn(old: OldBlocks, run: string, segment: Segment): AsyncGenerator<InstructionRecord[]> {
  let range: IDBKeyRange | null = ofSegment(run, segment.id);
  while (range !== null) {
    const blocks: OldBlock[] = await old.getAll(range, blocksAtOnce) as OldBlock[];
    yield blocks.flatMap((block) => recordsOf(block, segment));
    const last = blocks.at(-1);
    range = last === undefined ? null : IDBKeyRange.bound([run, segment.id, last.place], [run, segment.id, []], true);
  }
}

/** Counts the records of a run: by iteration, and within one by id. */
async function count(run: string, old: readonly OldRow[], transaction: Upgrading): Promise<void> {
  let pool = emptyPool(run);
  for (const iteration of [...new Set(old.map((row) => row.iteration))].sort((a, b) => a - b)) {
    const records = old.filter((row) => row.iteration === iteration).map(({ run: _run, pools: _pools, ...record }) => record);
    const { pool: longer, at } = extended(pool, iteration, records.length);
    await append(transaction, run, at.segment.id, at.place, records);
    pool = longer;
  }
  await transaction.objectStore('pools').put(pool);
}

async function append(transaction: Upgrading, run: string, segment: number, place: number, records: readonly InstructionRecord[]): Promise<void> {
  const [blocks, keys] = [transaction.objectStore('blocks'), transaction.objectStore('keys')];
  const rows = await appended({ blocks, keys }, run, segment, place, records);
  for (const row of rows.blocks) await blocks.put(row);
  for (const row of rows.keys) await keys.put(row);
}
