/** What became of an import: how many rows were taken and refused, and why. A fold over what a reader yields; it keeps no rows. */
import type { Imported, RowFault } from './row';

/** So many faults are kept to be shown; all are counted. */
export const shownFaults = 100;

export class ImportSummary {
  taken = 0;
  refused = 0;
  captions = 0;
  exchanges = 0;
  /** Rows that are a picture alone. */
  picturesAlone = 0;
  /** The first {@link shownFaults}. */
  readonly faults: RowFault[] = [];
  /** Refused rows by field; rows that are at fault as a whole under an empty name. Indices in lists are left out: `conversations[].from`. */
  readonly refusedByField = new Map<string, number>();
  /** Fields that nothing reads, and how many rows have them. */
  readonly ignored = new Map<string, number>();

  add({ row, fault }: Imported): void {
    if (fault !== undefined) {
      this.refused++;
      if (this.faults.length < shownFaults) this.faults.push(fault);
      countOne(this.refusedByField, fault.field.replaceAll(/\[\d+\]/g, '[]'));
      return;
    }
    this.taken++;
    if (row.caption !== null) this.captions++;
    this.exchanges += row.exchanges.length;
    if (row.caption === null && row.exchanges.length === 0) this.picturesAlone++;
    for (const field of row.ignored ?? []) countOne(this.ignored, field);
  }
}

/** Names beyond this many are counted as one: a file may bring names without end. */
const mostNames = 1000;

function countOne(counts: Map<string, number>, name: string): void {
  const key = counts.has(name) || counts.size < mostNames ? name : 'others';
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
