/** The ids of the exchanges of a row. Those of other rows are no business of this: `take-row.ts` refuses a row whose exchanges have one. */
import type { Exchange } from './row';

/** The id of the row for the one exchange that it has; of several, the number of the exchange (`at`, from 0) stands behind it: `a/1`. */
export function exchangeId(row: string, exchanges: readonly Exchange[], at: number): string {
  return exchanges.length === 1 ? row : `${row}/${at + 1}`;
}
