/**
 * Records that come from a file, batch by batch: nobody sees them until all are there, and they then join a run's pool in one
 * transaction. What an import leaves that broke off is cleared by the next one, or with the run.
 */
import type { InstructionRecord } from '../data/types';
import { ComdError } from '../errors';
import { appended } from './appending';
import { storing } from './database';
import type { Mark, PoolRow, WorkKey } from './rows';
import { ofSegment, poolRowIn, type PoolsDatabase } from './schema';
import type { TestItems } from './test-items';

/** Tells of an item of work whether it is done. */
export type IsDone = (key: WorkKey) => Promise<boolean>;

export class Staged {
  readonly #database: PoolsDatabase;
  readonly #run: string;
  readonly #forbidden: TestItems;
  readonly #segment: number;
  #size = 0;

  private constructor(database: PoolsDatabase, run: string, forbidden: TestItems, segment: number) {
    this.#database = database;
    this.#run = run;
    this.#forbidden = forbidden;
    this.#segment = segment;
  }

  /** Begins; whatever is still staged is cleared, so that an import that is under way fails. Throws `pools/quota`. */
  static async begin(database: PoolsDatabase, run: string, forbidden: TestItems): Promise<Staged> {
    const transaction = database.transaction(['pools', 'blocks', 'keys'], 'readwrite');
    const [pools, blocks, keys] = [transaction.objectStore('pools'), transaction.objectStore('blocks'), transaction.objectStore('keys')];
    const pool = await poolRowIn(pools, run);
    const { staging, next } = pool;
    await storing(transaction, [
      ...staging === null ? [] : [() => blocks.delete(ofSegment(run, staging)), () => keys.delete(ofSegment(run, staging))],
      () => pools.put({ ...pool, staging: next, next: next + 1 }),
    ]);
    return new Staged(database, run, forbidden, next);
  }

  get size(): number {
    return this.#size;
  }

  /** Throws `pools/test-item`, `pools/quota`, and `run/busy` where another import has begun meanwhile. */
  async add(batch: readonly InstructionRecord[]): Promise<void> {
    this.#forbidden.refuse(batch);
    const transaction = this.#database.transaction(['pools', 'blocks', 'keys'], 'readwrite');
    const [blocks, keys] = [transaction.objectStore('blocks'), transaction.objectStore('keys')];
    this.#refuseOthers(await poolRowIn(transaction.objectStore('pools'), this.#run));
    const rows = await appended({ blocks, keys }, this.#run, this.#segment, this.#size, batch);
    await storing(transaction, [...rows.blocks.map((row) => () => blocks.put(row)), ...rows.keys.map((row) => () => keys.put(row))]);
    this.#size += batch.length;
  }

  /**
   * Makes all of them records of the pool that came from `file`, with a mark of the import. `iterationOf` says of which iteration, by what is done at that
   * moment; it may await nothing else, and what it throws undoes nothing, since nothing has been done. Throws `run/busy`, `pools/quota`.
   */
  async join(file: string, mark: Mark, iterationOf: (isDone: IsDone) => Promise<number>): Promise<void> {
    const transaction = this.#database.transaction(['pools', 'journal'], 'readwrite');
    const [pools, journal] = [transaction.objectStore('pools'), transaction.objectStore('journal')];
    const pool = await poolRowIn(pools, this.#run);
    this.#refuseOthers(pool);
    const iteration = await iterationOf(async (key) => await journal.getKey([this.#run, key.iteration, key.phase, key.item]) !== undefined);
    const joining = this.#size === 0 ? [] : [{ id: this.#segment, iteration, size: this.#size, file }];
    await storing(transaction, [
      () => pools.put({ ...pool, segments: [...pool.segments, ...joining], staging: null }),
      () => journal.put({ ...mark, iteration, phase: 'load', item: `import/${file}`, run: this.#run }),
    ]);
  }

  /** Leaves nothing of it. */
  async abandon(): Promise<void> {
    const transaction = this.#database.transaction(['pools', 'blocks', 'keys'], 'readwrite');
    const pools = transaction.objectStore('pools');
    const pool = await poolRowIn(pools, this.#run);
    if (pool.staging !== this.#segment) return;
    const all = ofSegment(this.#run, this.#segment);
    await Promise.all([
      transaction.objectStore('blocks').delete(all), transaction.objectStore('keys').delete(all), pools.put({ ...pool, staging: null }), transaction.done,
    ]);
  }

  #refuseOthers({ staging }: PoolRow): void {
    if (staging === this.#segment) return;
    throw new ComdError('run/busy', 'Other records began to be added before these were all there.', 'Add one file after the other.');
  }
}
