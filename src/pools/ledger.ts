/**
 * The pools, assessments and journal of one run. What came of an item of work and the mark that it is done are one
 * IndexedDB transaction, so that a run cut off anywhere knows exactly what it has.
 */
import type { Phase } from '../comd/events';
import type { InstructionRecord } from '../data/types';
import { ofRun, type PoolsDatabase, storing } from './database';
import type { Assessment, Mark, PoolName, RecordRow, WorkKey } from './rows';
import type { TestItems } from './test-items';

/** What an item of work leaves besides its mark. */
export interface Writes {
  /** Records to add, or to replace where the id is known. */
  records?: { record: InstructionRecord; pools: PoolName[] }[];
  assessments?: Assessment[];
}

export class Ledger {
  readonly run: string;
  readonly #database: PoolsDatabase;
  readonly #marks: Map<string, Mark>;
  /** What may not enter the pools. */
  readonly forbidden: TestItems;

  private constructor(database: PoolsDatabase, run: string, marks: Map<string, Mark>, forbidden: TestItems) {
    this.run = run;
    this.#database = database;
    this.#marks = marks;
    this.forbidden = forbidden;
  }

  /** Opens the ledger of a run; nothing in `forbidden` will enter its pools. */
  static async open(database: PoolsDatabase, run: string, forbidden: TestItems): Promise<Ledger> {
    const rows = await database.getAll('journal', ofRun(run));
    return new Ledger(database, run, new Map(rows.map((row) => [pathOf(row), row])), forbidden);
  }

  /** The mark of an item of work that is done. The caller names the type that it committed under this key. */
  mark<T>(key: WorkKey): Mark<T> | undefined {
    return this.#marks.get(pathOf(key)) as Mark<T> | undefined;
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
  async commit(key: WorkKey, mark: Mark, writes: Writes = {}): Promise<void> {
    this.forbidden.refuse((writes.records ?? []).map(({ record }) => record));
    const transaction = this.#database.transaction(['records', 'assessments', 'journal'], 'readwrite');
    const [records, assessments, journal] = [transaction.objectStore('records'), transaction.objectStore('assessments'), transaction.objectStore('journal')];
    await storing(transaction, [
      ...(writes.records ?? []).map(({ record, pools }) => () => records.put({ ...record, pools, run: this.run })),
      ...(writes.assessments ?? []).map((assessment) => () => assessments.put({ ...assessment, run: this.run })),
      () => journal.put({ ...mark, ...key, run: this.run }),
    ]);
    this.#marks.set(pathOf(key), mark);
  }

  /** The records of a pool in the order of their ids; those of augmentation after `iteration` are left out. */
  async pool(name: PoolName, iteration = Infinity): Promise<InstructionRecord[]> {
    const rows = await this.#database.getAll('records', ofRun(this.run));
    return rows.filter((row) => row.pools.includes(name) && row.iteration <= iteration).map(asRecord);
  }

  /** What was assessed in an iteration, in the order of the records' ids. */
  async assessments(iteration: number): Promise<Assessment[]> {
    const rows = await this.#database.getAll('assessments', IDBKeyRange.bound([this.run, iteration], [this.run, iteration, []]));
    return rows.map(({ run: _, ...assessment }) => assessment);
  }
}

const pathOf = ({ iteration, phase, item }: WorkKey): string => `${iteration}/${phase}/${item}`;

function asRecord({ run: _run, pools: _pools, ...record }: RecordRow): InstructionRecord {
  return record;
}
