/** Packed matrices on the WebGPU backend: the kernels of `matrix.wgsl`, which read words and never write the matrix out. */
import * as tf from '@tensorflow/tfjs';
import { GROUP_SIZE, type Kernel, asTensor, dispatch, spread, uninitialised } from '../webgpu-pass';
import half from './half.wgsl?raw';
import { type PackedMatrix, type PackedScheme, bitsOf, wordsPerRow } from './matrix';
import matrix from './matrix.wgsl?raw';

/** Rows of the other matrix that a thread has. */
const ROWS = 4;

/** `x·Wᵀ`. */
export function multiply(x: tf.Tensor2D, weight: PackedMatrix): tf.Tensor2D {
  return product('multiply', x, weight, weight.rows, weight.rows);
}

/** `dy·W`. */
export function multiplyBack(dy: tf.Tensor2D, weight: PackedMatrix): tf.Tensor2D {
  return product('multiply_back', dy, weight, weight.columns, wordsPerRow(weight.scheme, weight.columns));
}

export function pickRows(weight: PackedMatrix, indices: readonly number[]): tf.Tensor2D {
  const out = uninitialised([indices.length, weight.columns], 'float32');
  const places = tf.tensor1d(indices as number[], 'int32');
  run('pick_rows', weight, [out, places], indices.length, spread(indices.length * wordsPerRow(weight.scheme, weight.columns)));
  places.dispose();
  return asTensor(out);
}

export function unpackAll(weight: PackedMatrix): tf.Tensor2D {
  const out = uninitialised([weight.rows, weight.columns], 'float32');
  run('unpack_all', weight, [out], weight.rows, spread(weight.rows * wordsPerRow(weight.scheme, weight.columns)));
  return asTensor(out);
}

function product(entryPoint: string, other: tf.Tensor2D, weight: PackedMatrix, width: number, threads: number): tf.Tensor2D {
  const [n] = other.shape;
  const out = uninitialised([n, width], 'float32');
  run(entryPoint, weight, [out, other], n, [Math.ceil(threads / GROUP_SIZE), Math.ceil(n / ROWS)]);
  return asTensor(out);
}

function run(entryPoint: string, weight: PackedMatrix, buffers: tf.TensorInfo[], n: number, groups: [number, number]): void {
  const { scheme, words, scales, rows, columns } = weight;
  // Halves have no scales; something must be bound all the same.
  dispatch(kernelOf(entryPoint, scheme), [words, scales ?? words, ...buffers], [n, rows, columns], groups);
}

function kernelOf(entryPoint: string, scheme: PackedScheme): Kernel {
  return { label: `${entryPoint} ${scheme}`, code: half + matrix, entryPoint, constants: { BITS: bitsOf[scheme] } };
}
