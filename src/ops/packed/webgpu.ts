/**
 * Packed matrices on the WebGPU backend, which are unpacked as they are read and never written out. Their products go the ways
 * of the linear maps, with B read by `blocks.wgsl`; those with few rows have a kernel of their own.
 */
import * as tf from '@tensorflow/tfjs';
import added from '../linear/added.wgsl?raw';
import alone from '../linear/alone.wgsl?raw';
import { FEW, multiplyFewRows } from '../few-rows/webgpu';
import type { Beside } from '../linear/linear';
import numbers from '../linear/numbers.wgsl?raw';
import quad from '../linear/quad.wgsl?raw';
import registers from '../linear/registers.wgsl?raw';
import sizes from '../linear/sizes.wgsl?raw';
import tiles from '../linear/tiles.wgsl?raw';
import vectors from '../linear/vectors.wgsl?raw';
import { type Kernel, adapterKind, dispatch, spread, uninitialised, webGpuBackend } from '../webgpu-pass';
import { asTensor } from '../tensor';
import blocks from './blocks.wgsl?raw';
import half from './half.wgsl?raw';
import { type PackedMatrix, bitsOf, wordsPerRow } from './matrix';
import matrix from './matrix.wgsl?raw';
import stackText from './stack.wgsl?raw';

/** A way through the matrices, and the rows and columns of the product that a workgroup has. */
interface Way {
  code: string;
  entryPoint: string;
  rows: number;
  columns: number;
}

/** What of a packed matrix takes part, and how. */
interface Part {
  /** Its first row. */
  first: number;
  /** Columns of the product. */
  n: number;
  transposed: boolean;
}

/** `x·Wᵀ (+ bias) (+ residual)`. */
export function multiply(x: tf.Tensor2D, weight: PackedMatrix, beside: Beside = {}): tf.Tensor2D {
  return x.shape[0] <= FEW
    ? multiplyFewRows({ x, weight, ...beside }) : product(x, weight, { first: 0, n: weight.rows, transposed: true }, beside);
}

/** `dy·W`. */
export function multiplyBack(dy: tf.Tensor2D, weight: PackedMatrix): tf.Tensor2D {
  return multiplyRowsBack(dy, weight, 0);
}

/** `x·Wᵀ` of `count` rows of W from `first` on. */
export function multiplyRows(x: tf.Tensor2D, weight: PackedMatrix, first: number, count: number): tf.Tensor2D {
  return product(x, weight, { first, n: count, transposed: true });
}

/** `dy·W` of as many rows of W as dy has columns, from `first` on. */
export function multiplyRowsBack(dy: tf.Tensor2D, weight: PackedMatrix, first: number): tf.Tensor2D {
  return product(dy, weight, { first, n: weight.columns, transposed: false });
}

export function pickRows(weight: PackedMatrix, indices: readonly number[]): tf.Tensor2D {
  const out = uninitialised([indices.length, weight.columns], 'float32');
  const places = tf.tensor1d(indices as number[], 'int32');
  unpackTo('pick_rows', weight, indices.length, [out, places]);
  places.dispose();
  return asTensor(out);
}

export function unpackAll(weight: PackedMatrix): tf.Tensor2D {
  const out = uninitialised([weight.rows, weight.columns], 'float32');
  unpackTo('unpack_all', weight, weight.rows, [out]);
  return asTensor(out);
}

/** The rows of several matrices of one scheme and width, in order. */
export function stack(matrices: readonly [PackedMatrix, ...PackedMatrix[]]): PackedMatrix {
  const [first] = matrices;
  const rows = matrices.reduce((sum, matrix) => sum + matrix.rows, 0);
  return {
    ...first, rows,
    words: stackWords(matrices.map(({ words }) => words), rows),
    scales: first.scales && stackWords(matrices.map(({ scales }) => scales as tf.Tensor2D), rows),
  };
}

function stackWords(parts: tf.Tensor2D[], rows: number): tf.Tensor2D {
  const whole = uninitialised([rows, (parts[0] as tf.Tensor2D).shape[1]], 'int32');
  let to = 0;
  for (const part of parts) {
    dispatch({ label: 'stack', code: stackText, entryPoint: 'stack' }, [part, whole], [part.size, to], spread(part.size));
    to += part.size;
  }
  return asTensor(whole);
}

function unpackTo(entryPoint: string, weight: PackedMatrix, n: number, buffers: tf.TensorInfo[]): void {
  const { scheme, words, scales, rows, columns } = weight;
  const kernel = { label: `${entryPoint} ${scheme}`, code: half + matrix, entryPoint, constants: { BITS: bitsOf[scheme] } };
  // Halves have no scales; something must be bound all the same.
  dispatch(kernel, [words, scales ?? words, ...buffers], [n, rows, columns], spread(n * wordsPerRow(scheme, columns)));
}

function product(a: tf.Tensor2D, weight: PackedMatrix, { first, n, transposed }: Part, { bias, residual }: Beside = {}): tf.Tensor2D {
  const [m, k] = a.shape;
  const out = uninitialised([m, n], 'float32');
  const way = wayThrough(m);
  const constants = {
    A_TRANSPOSED: 0, B_TRANSPOSED: Number(transposed), ADDENDS: (bias ? 1 : 0) + (residual ? 2 : 0), BITS: bitsOf[weight.scheme],
  };
  // What is not there is not read, but something must be bound.
  const buffers = [a, weight.words, out, bias ?? a, residual ?? a, weight.scales ?? weight.words];
  dispatch(
    kernelOf(way, k % 4 === 0 && n % 4 === 0, constants), buffers, [m, k, n, 0, k, first, weight.columns, 0, n],
    [Math.ceil(n / way.columns), Math.ceil(m / way.rows)],
  );
  return asTensor(out);
}

function wayThrough(m: number): Way {
  if (adapterKind() === 'hardware') return { code: tiles, entryPoint: 'tiles', rows: 64, columns: 64 };
  return m <= FEW
    ? { code: registers, entryPoint: 'four_rows', rows: 4, columns: 32 }
    : { code: registers, entryPoint: 'sixteen_rows', rows: 16, columns: 32 };
}

function kernelOf(way: Way, byFours: boolean, constants: Record<string, number>): Kernel {
  const shares = way.code === registers && webGpuBackend().device.features.has('subgroups');
  return {
    label: ['packed', way.entryPoint, byFours, shares, ...Object.values(constants)].join(' '),
    code: [
      shares ? 'enable subgroups;' : '', sizes, byFours ? vectors : numbers, half, blocks, shares ? quad : alone, added, way.code,
    ].join('\n'),
    entryPoint: way.entryPoint,
    constants,
  };
}
