/**
 * What a model does with a packed matrix: multiply by it and look rows up in it. The gradient passes through to the input;
 * the matrix itself is frozen.
 */
import * as tf from '@tensorflow/tfjs';
import { differentiable } from '../differentiable';
import type { Beside } from '../linear/linear';
import { sumOfRows } from '../linear/product';
import type { PackedMatrix } from './matrix';
import { onDevice } from './on-device';
import { multiply as multiplyOnWebGpu, stack } from './webgpu';

/**
 * `x·Wᵀ (+ bias) (+ residual)`, with the gradient `dx = dy·W`.
 * @param x `[n, columns]`
 * @param weight must stay alive until the gradient is taken
 * @returns `[n, rows]`
 */
export function packedLinear(x: tf.Tensor2D, weight: PackedMatrix, beside: Beside = {}): tf.Tensor2D {
  const { bias, residual } = beside;
  const [n, inner] = x.shape;
  if (inner !== weight.columns) throw new Error(`A product of rows of ${inner} with a matrix of ${weight.columns} columns.`);
  const inputs = [x, bias, residual].filter((input) => input !== undefined);
  return differentiable(inputs, () => product(x, weight, beside), (dy) => [
    () => n === 0 ? tf.zeros([0, inner]) : onDevice().multiplyBack(dy, weight),
    ...bias ? [() => sumOfRows(dy)] : [], ...residual ? [() => tf.clone(dy)] : [],
  ]);
}

function product(x: tf.Tensor2D, weight: PackedMatrix, beside: Beside): tf.Tensor2D {
  if (x.shape[0] === 0) return tf.zeros([0, weight.rows]);
  if (tf.getBackend() === 'webgpu') return multiplyOnWebGpu(x, weight, beside);
  const { bias, residual } = beside;
  const y = onDevice().multiply(x, weight);
  const lifted = bias ? tf.add<tf.Tensor2D>(y, bias) : y;
  return residual ? tf.add<tf.Tensor2D>(lifted, residual) : lifted;
}

/**
 * Rows of the matrix as floats: an embedding look-up. It has no gradient.
 * @param indices below `weight.rows`
 * @returns `[indices.length, columns]`
 */
export function packedRows(weight: PackedMatrix, indices: readonly number[]): tf.Tensor2D {
  const beyond = indices.find((index) => index < 0 || index >= weight.rows);
  if (beyond !== undefined) throw new RangeError(`Row ${beyond} of a matrix of ${weight.rows} rows.`);
  if (indices.length === 0) return tf.tensor2d([], [0, weight.columns]);
  return onDevice().pickRows(weight, indices);
}

/** The whole matrix as floats, `[rows, columns]`. */
export function unpack(weight: PackedMatrix): tf.Tensor2D {
  return onDevice().unpackAll(weight);
}

/**
 * The rows of several matrices of one scheme and width in one, in order. On WebGPU the library's own concatenation sends
 * integers through floats, which do not hold all of a word.
 */
export function packedStack(matrices: readonly [PackedMatrix, ...PackedMatrix[]]): PackedMatrix {
  if (tf.getBackend() === 'webgpu') return stack(matrices);
  const [first] = matrices;
  return {
    ...first, rows: matrices.reduce((sum, { rows }) => sum + rows, 0),
    words: tf.concat(matrices.map(({ words }) => words), 0),
    scales: first.scales && tf.concat(matrices.map(({ scales }) => scales as tf.Tensor2D), 0),
  };
}
