/**
 * Matrix products on the WebGPU backend. A kernel is put together from texts (see `sizes.wgsl`): how numbers are read, what
 * is done with the sums, and the way through the matrices, which depends on the adapter and on the number of rows.
 */
import type * as tf from '@tensorflow/tfjs';
import { type Kernel, adapterKind, dispatch, uninitialised, webGpuBackend } from '../webgpu-pass';
import added from './added.wgsl?raw';
import alone from './alone.wgsl?raw';
import blocks from './blocks.wgsl?raw';
import fewRows from './few-rows.wgsl?raw';
import gated from './gated.wgsl?raw';
import type { LinearKernels, Product, Side } from './kernels';
import numbers from './numbers.wgsl?raw';
import quad from './quad.wgsl?raw';
import registers from './registers.wgsl?raw';
import sizes from './sizes.wgsl?raw';
import sumRows from './sum-rows.wgsl?raw';
import tiles from './tiles.wgsl?raw';
import vectors from './vectors.wgsl?raw';

/** Up to so many rows a product is bound by the reading of B. */
const FEW = 8;

/** A way through the matrices. */
interface Way {
  code: string;
  entryPoint: string;
  /** Rows and columns of C that a workgroup has. */
  rows: number;
  columns: number;
}

/** What is done with the sums. */
interface Finish {
  name: 'added' | 'gated';
  code: string;
  /** Besides A, B and C. */
  buffers: tf.TensorInfo[];
  constants: Record<string, number>;
}

export const onWebGpu: LinearKernels = {
  multiply(product) {
    const { a, bias, residual, adds = false } = product;
    const addends = (bias ? 1 : 0) + (residual ? 2 : 0) + (adds ? 4 : 0);
    // What is not there is not read, but something must be bound.
    run(product, { name: 'added', code: added, buffers: [bias ?? a.data, residual ?? a.data], constants: { ADDENDS: addends } });
  },

  multiplyGated(x, weight) {
    const [m, k] = x.shape as [number, number];
    const n = (weight.shape[1] as number) / 2;
    const gates = uninitialised([m, 2 * n], 'float32');
    const out = uninitialised([m, n], 'float32');
    const product = { a: { data: x, stride: k }, b: { data: weight, stride: 2 * n }, c: { data: gates, stride: 2 * n }, m, k, n };
    run(product, { name: 'gated', code: gated, buffers: [out], constants: {} });
    return { gates, out };
  },

  sumRows(x) {
    const [m, n] = x.shape as [number, number];
    const sums = uninitialised([n], 'float32');
    const [entryPoint, columns] = adapterKind() === 'software' ? ['sum_columns', 64] as const : ['sum_slices', 16] as const;
    dispatch({ label: entryPoint, code: sumRows, entryPoint }, [x, sums], [m, n], [Math.ceil(n / columns), 1]);
    return sums;
  },
};

function run(product: Product, finish: Finish): void {
  const { a, b, c, m, k, n } = product;
  const way = wayThrough(product);
  // Half of a tile's columns are gates and half what goes through them.
  const columns = finish.name === 'gated' ? way.columns / 2 : way.columns;
  const sizesOfAll = [m, k, n, ...[a, b, c].flatMap(({ offset = 0, stride }) => [offset, stride])];
  const groups = [Math.ceil(n / columns), Math.ceil(m / way.rows)] as const;
  dispatch(kernelOf(product, way, finish), [a.data, b.data, c.data, ...finish.buffers], sizesOfAll, groups);
}

function wayThrough({ a, m }: Product): Way {
  if (adapterKind() === 'software') {
    return m <= FEW
      ? { code: registers, entryPoint: 'four_rows', rows: 4, columns: 32 }
      : { code: registers, entryPoint: 'sixteen_rows', rows: 16, columns: 32 };
  }
  if (m > FEW || a.transposed) return { code: tiles, entryPoint: 'tiles', rows: 64, columns: 64 };
  const rows = 2 ** Math.ceil(Math.log2(m));
  return { code: `const ROWS = ${rows}u;\n${fewRows}`, entryPoint: 'few_rows', rows, columns: 16 };
}

function kernelOf(product: Product, way: Way, finish: Finish): Kernel {
  const { a: { transposed: A_TRANSPOSED = false }, b: { transposed: B_TRANSPOSED = false } } = product;
  const byFours = liesInFours(product);
  const shares = way.code === registers && webGpuBackend().device.features.has('subgroups');
  const constants = { A_TRANSPOSED: Number(A_TRANSPOSED), B_TRANSPOSED: Number(B_TRANSPOSED), ...finish.constants };
  return {
    label: [way.entryPoint, way.rows, finish.name, byFours, shares, ...Object.values(constants)].join(' '),
    code: [
      shares ? 'enable subgroups;' : '', sizes, byFours ? vectors : numbers, blocks, shares ? quad : alone, finish.code, way.code,
    ].join('\n'),
    entryPoint: way.entryPoint,
    constants,
  };
}

/** Whether every line of every matrix begins at a multiple of four numbers and has a multiple of four. */
function liesInFours({ a, b, c, m, k, n }: Product): boolean {
  const isOfFours = ({ offset = 0, stride }: Side, length: number): boolean => offset % 4 === 0 && stride % 4 === 0 && length % 4 === 0;
  return isOfFours(a, a.transposed ? m : k) && isOfFours(b, b.transposed ? k : n) && isOfFours(c, n);
}
