/** Normalisation on the WASM backend, by the kernels in `kernel.as.ts`. */
import { addressOf, uninitialised } from '../wasm-heap';
import { inParallel } from '../wasm/threads';
import type { NormKernels } from './kernels';

/** Numbers of rows that are worth a part of their own, at 0.4 to 0.7 ns each. */
const ENOUGH = 1 << 16;
/** Columns that share a cache line of every row, and numbers of them that are worth a part, at 0.1 to 0.2 ns each. */
const LINE = 16;
const ENOUGH_IN_LINES = 1 << 18;

export const onWasm: NormKernels = {
  rmsNorm(x, weight, epsilon) {
    const [rows, hidden] = x.shape as [number, number];
    const normed = uninitialised(x.shape, 'float32');
    const scales = uninitialised([rows], 'float32');
    byRows('rmsNorm', rows, hidden, [...[x, weight, normed, scales].map(addressOf), hidden, epsilon]);
    return { normed, scales };
  },

  rmsNormBack(dy, x, weight, scales, beside) {
    const [rows, hidden] = x.shape as [number, number];
    const dx = uninitialised(x.shape, 'float32');
    const dWeight = uninitialised(weight.shape, 'float32');
    // An address of 0 stands for none.
    const past = beside ? addressOf(beside) : 0;
    byRows('rmsNormBack', rows, hidden, [...[dy, x, weight, scales].map(addressOf), past, addressOf(dx), hidden]);
    byColumns('rmsNormBackWeight', rows, hidden, [...[dy, x, scales, dWeight].map(addressOf), rows, hidden]);
    return { dx, dWeight };
  },

  layerNorm(x, weight, bias, epsilon) {
    const [rows, hidden] = x.shape as [number, number];
    const normed = uninitialised(x.shape, 'float32');
    const moments = uninitialised([rows, 2], 'float32');
    byRows('layerNorm', rows, hidden, [...[x, weight, bias, normed, moments].map(addressOf), hidden, epsilon]);
    return { normed, moments };
  },

  layerNormBack(dy, x, weight, moments) {
    const [rows, hidden] = x.shape as [number, number];
    const dx = uninitialised(x.shape, 'float32');
    const dWeight = uninitialised(weight.shape, 'float32');
    const dBias = uninitialised(weight.shape, 'float32');
    byRows('layerNormBack', rows, hidden, [...[dy, x, weight, moments, dx].map(addressOf), hidden]);
    byColumns('layerNormBackWeight', rows, hidden, [...[dy, x, moments, dWeight, dBias].map(addressOf), rows, hidden]);
    return { dx, dWeight, dBias };
  },
};

/** @param values the kernel's arguments before the range of rows */
function byRows(kernel: string, rows: number, hidden: number, values: readonly number[]): void {
  inParallel(kernel, rows, Math.ceil(ENOUGH / hidden), (from, to) => [...values, from, to]);
}

/** Each thread adds up columns of its own, over all rows. @param values the kernel's arguments before the range of columns */
function byColumns(kernel: string, rows: number, hidden: number, values: readonly number[]): void {
  const grain = Math.ceil(ENOUGH_IN_LINES / (LINE * Math.max(1, rows)));
  inParallel(kernel, Math.ceil(hidden / LINE), grain, (from, to) => [...values, from * LINE, Math.min(to * LINE, hidden)]);
}
