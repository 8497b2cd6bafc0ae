/** Picking rows of a table on the WASM backend, by the kernels in `kernel.as.ts`. */
import { addressOf, allocate, heap, release, uninitialised } from '../wasm-heap';
import { inParallel } from '../wasm/threads';
import type { GatherKernels } from './kernels';

/** Numbers that are worth a part of their own, at 0.1 ns each. */
const ENOUGH = 1 << 19;
/** Columns that share a cache line of every row. */
const LINE = 16;

export const onWasm: GatherKernels = {
  gather(table, indices) {
    const width = table.shape[1] as number;
    const count = indices.shape[0] as number;
    const out = uninitialised([count, width], 'float32');
    const addresses = [table, indices, out].map(addressOf);
    inParallel('gatherRows', count, Math.ceil(ENOUGH / width), (from, to) => [...addresses, width, from, to]);
    return out;
  },

  sumByIndex(values, indices, rows) {
    const width = values.shape[1] as number;
    // What is empty has an address too.
    const places = allocate(Math.max(4, indices.byteLength));
    try {
      const sums = uninitialised([rows, width], 'float32');
      const first = addressOf(sums);
      // After all that may grow the memory, which leaves views behind.
      heap().fill(0, first, first + 4 * rows * width);
      new Int32Array(heap().buffer, places, indices.length).set(indices);
      addRows(addressOf(values), places, first, indices.length, width);
      return sums;
    } finally {
      release(places);
    }
  },
};

/** Each thread adds columns of its own, of all rows. */
function addRows(values: number, indices: number, sums: number, count: number, width: number): void {
  const grain = Math.ceil(ENOUGH / (LINE * Math.max(1, count)));
  inParallel('addRows', Math.ceil(width / LINE), grain, (from, to) => [
    values, indices, sums, count, width, from * LINE, Math.min(to * LINE, width),
  ]);
}
