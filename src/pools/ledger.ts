/**
 * The pool, assessments and journal of one run. What came of an item of work and the mark that it is done are one
 * IndexedDB transaction, so that a run cut off anywhere knows exactly what it has.
 */
import type { Phase } from '../comd/events';
import type { InstructionRecord } from '../data/types';
import { appended } from './appending';
import { blockStart, recordAt, withRecord } from './blocks';
import { Changed } from './changed';
import { ofRun, storing } from './database';
import { Pool } from './pool';
import type { Assessment, Mark, PoolRow, WorkKey } from './rows';
import { poolRowIn, type PoolsDatabase } from './schema';
import { emptyPool, extended, finder } from './segments';
import { Staged } from './staged';
import type { TestItems } from './test-items';

/** What an item of work leaves besides its mark. */
export interface Writes {
  /** Records to add. They are of the iteration of the work, whatever they say themselves. */
  added?: readonly InstructionRecord[];
  /** Records to put in the place of those that have these ordinals, the same ids and the same images. */
  replaced?: readonly { ordinal: number; record: InstructionRecord }[];
  assessments?: readonly Assessment[];
}

export class Ledger {
  readonly run: string;
  readonly #database: PoolsDatabase;
  readonly #marks: Map<string, Mark>;
  /** What may not enter the pool. */
  readonly forbidden: TestItems;
  /** The run's records. */
  readonly pool: Pool;

  private constructor(database: PoolsDatabase, run: string, marks: Map<string, Mark>, forbidden: TestItems) {
    this.run = run;
    this.#database = database;
    this.#marks = marks;
    this.forbidden = forbidden;
    this.pool = new Pool(database, run);
  }

  /** Opens the ledger of a run; nothing in `forbidden` will enter its pool. */
  static async open(database: PoolsDatabase, run: string, forbidden: TestItems): Promise<Ledger> {
    const rows = await database.getAll('journal', ofRun(run));
    return new Ledger(database, run, new Map(rows.map((row) => [pathOf(row), row])), forbidden);
  }

  /** The mark of an item of work that is done. The caller names the type that it committed under this key. */
  mark<T>(key: WorkKey): Mark<T> | undefined {
    return this.#marks.get(pathOf(key)) as Mark<T> | undefined;
  }

  /** All that is marked of an iteration. */
  marksOf(iteration: number): { key: WorkKey; mark: Mark }[] {
    return [...this.#marks].filter(([path]) => path.startsWith(`${iteration}/`)).map(([path, mark]) => {
      const [, phase, ...item] = path.split('/');
      return { key: { iteration, phase: phase as Phase, item: item.join('/') }, mark };
    });
  }

  /** Time spent on all that is marked in a phase, by either model, in seconds. */
  secondsOf(iteration: number, phase: Phase): number {
    const marks = [...this.#marks].filter(([path]) => path.startsWith(`${iteration}/${phase}/`));
    return marks.reduce((sum, [, mark]) => sum + mark.seconds, 0);
  }

  /** Running time of the run at its last mark, in seconds. */
  clock(): number {
    let newest = 0;
    for (const { clock } of this.#marks.values()) newest = Math.max(newest, clock);
    return newest;
  }

  /**
   * Stores the mark of an item of work with what it leaves, or nothing of either.
   * Throws `pools/test-item` and `pools/quota`.
   */
  async commit(key: WorkKey, mark: Mark, { added = [], replaced = [], assessments = [] }: Writes = {}): Promise<void> {
    this.forbidden.refuse([...added, ...replaced.map(({ record }) => record)]);
    const transaction = this.#database.transaction(['pools', 'blocks', 'keys', 'assessments', 'journal'], 'readwrite');
    const [pools, blocks, keys] = [transaction.objectStore('pools'), transaction.objectStore('blocks'), transaction.objectStore('keys')];
    const [kept, journal] = [transaction.objectStore('assessments'), transaction.objectStore('journal')];
    const before = added.length + replaced.length > 0 ? await poolRowIn(pools, this.run) : emptyPool(this.run);
    const changed = new Changed(blocks);
    await replace(changed, before, replaced);
    const { pool, at } = extended(before, key.iteration, added.length);
    const rows = await appended({ blocks: changed, keys }, this.run, at.segment.id, at.place, added);
    for (const block of rows.blocks) changed.put(block);
    await storing(transaction, [
      ...changed.blocks().map((block) => () => blocks.put(block)),
      ...rows.keys.map((row) => () => keys.put(row)),
      ...added.length > 0 ? [() => pools.put(pool)] : [],
      ...assessments.map((assessment) => () => kept.put({ ...assessment, run: this.run })),
      () => journal.put({ ...mark, ...key, run: this.run }),
    ]);
    this.#marks.set(pathOf(key), mark);
  }

  /** Begins to take records from a file. Throws `pools/quota`. */
  stage(): Promise<Staged> {
    return Staged.begin(this.#database, this.run, this.forbidden);
  }

  /** What was assessed in an iteration, in the order of the records' ids. */
  async assessments(iteration: number): Promise<Assessment[]> {
    const rows = await this.#database.getAll('assessments', IDBKeyRange.bound([this.run, iteration], [this.run, iteration, []]));
    return rows.map(({ run: _, ...assessment }) => assessment);
  }
}

const pathOf = ({ iteration, phase, item }: WorkKey): string => `${iteration}/${phase}/${item}`;

/** Puts records in the place of others. */
async function replace(changed: Changed, { run, segments }: PoolRow, replaced: NonNullable<Writes['replaced']>): Promise<void> {
  const find = finder(segments);
  for (const { ordinal, record } of replaced) {
    const at = find(ordinal);
    const block = at && await changed.get([run, at.segment.id, blockStart(at.place)]);
    const old = block && recordAt(block, at.place, at.segment);
    if (at === undefined || block === undefined || old?.id !== record.id || old.image !== record.image) {
      throw new Error(`Record "${record.id}" is to replace record ${ordinal}, which is another or none.`);
    }
    changed.put(withRecord(block, at.place, record));
  }
}
