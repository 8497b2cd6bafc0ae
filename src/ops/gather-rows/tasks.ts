/**
 * Who computes what when rows are summed by their index: the rows of one index are brought together in their order, so that
 * one thread can sum them without atomics, and what no row falls on is cut into runs of zeros. It knows no device.
 */

/** Rows of zeros that one task has at most, so that a large table that little falls on is still the work of many threads. */
const RUN = 64;

export interface Tasks {
  count: number;
  /**
   * Three numbers a task, then the rows to be summed, those of one index side by side. A sum: the row of the result, where its
   * rows begin in here, how many they are. Zeros: their first row, 0, how many rows.
   */
  table: Int32Array;
}

interface Run {
  row: number;
  start: number;
  count: number;
}

/**
 * @param indices which row of the result each row is added to
 * @param rows of the result
 */
export function tasksOf(indices: Int32Array, rows: number): Tasks {
  // Rows of one index stay in their order: sorting is stable.
  const order = Array.from(indices.keys()).sort((a, b) => (indices[a] as number) - (indices[b] as number));
  const sums = sumsOf(order.map((row) => indices[row] as number));
  const zeros = zerosBetween(sums, rows);
  const count = sums.length + zeros.length;
  const table = [
    ...sums.flatMap((sum) => [sum.row, 3 * count + sum.start, sum.count]),
    ...zeros.flatMap((run) => [run.row, 0, run.count]),
    ...order,
  ];
  return { count, table: Int32Array.from(table) };
}

/** Runs of equal indices. */
function sumsOf(sorted: readonly number[]): Run[] {
  const sums: Run[] = [];
  for (const [start, row] of sorted.entries()) {
    const last = sums.at(-1);
    if (last?.row === row) last.count++;
    else sums.push({ row, start, count: 1 });
  }
  return sums;
}

function zerosBetween(sums: readonly Run[], rows: number): Run[] {
  const zeros: Run[] = [];
  let done = 0;
  for (const next of [...sums.map(({ row }) => row), rows]) {
    for (let row = done; row < next; row += RUN) zeros.push({ row, start: 0, count: Math.min(RUN, next - row) });
    done = next + 1;
  }
  return zeros;
}
