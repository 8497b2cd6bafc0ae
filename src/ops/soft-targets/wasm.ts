/** Soft targets on the WASM backend, by the kernels in `kernel.as.ts`. */
import { addressOf } from '../wasm-heap';
import { inParallel } from '../wasm/threads';
import type { SoftTargetKernels } from './kernels';

/** Logits that are worth a part of their own, at 3 ns each. */
const ENOUGH = 1 << 14;

export const onWasm: SoftTargetKernels = {
  absorb({ logits, first }, { ids, probabilities, temperature }, state) {
    const [rows, width] = logits.shape as [number, number];
    const values = [...[logits, ids, probabilities, state].map(addressOf), ids.shape[1] as number, 1 / temperature, width, first];
    byRows('absorbSoftLogits', rows, width, values);
  },

  differentiate({ logits, first }, { ids, probabilities, temperature }, { labels, logSums, softLogSums, weights }, dy) {
    const [rows, width] = logits.shape as [number, number];
    const addresses = [logits, labels, logSums, softLogSums, weights, ids, probabilities, dy].map(addressOf);
    byRows('differentiateSoftLogits', rows, width, [...addresses, ids.shape[1] as number, 1 / temperature, rows, width, first]);
  },
};

/** @param values the kernel's arguments before the range of rows */
function byRows(kernel: string, rows: number, width: number, values: readonly number[]): void {
  inParallel(kernel, rows, Math.ceil(ENOUGH / width), (from, to) => [...values, from, to]);
}
