/**
 * Picking rows of a table, composed of the library's own operations: what the kernels are held against. The library has no
 * gradient of it on every backend, so it is a product here.
 */
import * as tf from '@tensorflow/tfjs';
import { differentiable } from '../differentiable';

/**
 * @param table `[rows, width]`
 * @param indices row of the table for every row of the result
 * @returns `[indices.length, width]`
 */
export function gatherRows(table: tf.Tensor2D, indices: readonly number[]): tf.Tensor2D {
  const { shape } = table;
  // gatherND, because plain gather takes microseconds per row on WASM.
  return differentiable([table], () => tf.gatherND(table, column(indices)) as tf.Tensor2D, (dy) => [sumIntoRows(dy, indices, shape)]);
}

/**
 * A table of zeros with every row of `values` added at its index.
 * @param values `[indices.length, width]`
 */
function sumIntoRows(values: tf.Tensor2D, indices: readonly number[], shape: [number, number]): tf.Tensor2D {
  const unique = [...new Set(indices)];
  const sums = unique.length === indices.length ? values : sumByIndex(values, indices, unique);
  return tf.scatterND(column(unique), sums, shape);
}

/** Sums rows of equal index as one product with a matrix of zeros and ones, `[unique, rows]`. */
function sumByIndex(values: tf.Tensor2D, indices: readonly number[], unique: readonly number[]): tf.Tensor2D {
  const place = new Map(unique.map((index, row) => [index, row]));
  const membership = new Float32Array(unique.length * indices.length);
  indices.forEach((index, row) => { membership[(place.get(index) as number) * indices.length + row] = 1; });
  return tf.matMul(tf.tensor2d(membership, [unique.length, indices.length]), values);
}

function column(indices: readonly number[]): tf.Tensor2D {
  return tf.tensor2d(Int32Array.from(indices), [indices.length, 1], 'int32');
}
