/** What became of the rows of an import, as it is told to the user. It keeps no rows. */
import { mostFaults, type TakeSummary } from '../../../workers/data-protocol';
import type { Imported, RowFault } from '../../data/import/row';
import { ImportSummary } from '../../data/import/summary';

export class TakeCounts {
  readonly #summary = new ImportSummary();
  /** More than the summary keeps: they can be downloaded as a list. */
  readonly #faults: RowFault[] = [];

  add(imported: Imported): void {
    this.#summary.add(imported);
    if (imported.fault !== undefined && this.#faults.length < mostFaults) this.#faults.push(imported.fault);
  }

  get taken(): number {
    return this.#summary.taken;
  }

  get refused(): number {
    return this.#summary.refused;
  }

  /** `pictures` are the distinct ones that were stored. */
  summary(pictures: number): TakeSummary {
    const { taken, refused, refusedByField, ignored } = this.#summary;
    return { taken, refused, pictures, faults: this.#faults, refusedBy: counted(refusedByField), ignored: counted(ignored) };
  }
}

function counted(counts: ReadonlyMap<string, number>): { field: string; rows: number }[] {
  return [...counts].map(([field, rows]) => ({ field, rows })).sort((a, b) => b.rows - a.rows);
}
