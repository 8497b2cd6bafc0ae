/** The loss of language modelling on the WASM backend, by the kernels in `kernel.as.ts`. */
import { addressOf, heap, uninitialised } from '../wasm-heap';
import { inParallel } from '../wasm/threads';
import type { CrossEntropyKernels } from './kernels';

/** Logits that are worth a part of their own, at 2 ns each. */
const ENOUGH = 1 << 14;

export const onWasm: CrossEntropyKernels = {
  absorb({ logits, first }, state, labels) {
    const [rows, width] = logits.shape as [number, number];
    byRows('absorbLogits', rows, width, [...[logits, labels, state].map(addressOf), width, first]);
  },

  finish(state) {
    const rows = state.shape[0] as number;
    const loss = uninitialised([], 'float32');
    const logSums = uninitialised([rows], 'float32');
    // A number or two per row: not worth a kernel with a logarithm.
    const { buffer } = heap();
    const states = new Float32Array(buffer, addressOf(state), 3 * rows);
    const logs = new Float32Array(buffer, addressOf(logSums), rows);
    let sum = 0;
    for (let row = 0; row < rows; row++) {
      const top = states[3 * row] as number;
      const log = Math.log(states[3 * row + 1] as number);
      const score = states[3 * row + 2] as number;
      logs[row] = top + log;
      // In 64 bits and in this order, little is lost where scores are large.
      sum += top - score + log;
    }
    new Float32Array(buffer, addressOf(loss), 1)[0] = sum / rows;
    return { loss, logSums };
  },

  differentiate({ logits, first }, logSums, labels, dy) {
    const [rows, width] = logits.shape as [number, number];
    byRows('differentiateLogits', rows, width, [...[logits, labels, logSums, dy].map(addressOf), rows, width, first]);
  },
};

/** @param values the kernel's arguments before the range of rows */
function byRows(kernel: string, rows: number, width: number, values: readonly number[]): void {
  inParallel(kernel, rows, Math.ceil(ENOUGH / width), (from, to) => [...values, from, to]);
}
