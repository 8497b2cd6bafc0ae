/**
 * Picks rows of a table: token embeddings, labelled positions, the order of a sequence. Indices are known on the host, so
 * that the gradient needs no atomic scatter: it is bitwise the same every time.
 */
import * as tf from '@tensorflow/tfjs';
import { differentiable } from '../differentiable';
import { asTensor } from '../tensor';
import { onDevice } from './on-device';

/**
 * @param table `[rows, width]`
 * @param indices row of the table for every row of the result
 * @returns `[indices.length, width]`
 */
export function gatherRows(table: tf.Tensor2D, indices: readonly number[]): tf.Tensor2D {
  const places = Int32Array.from(indices);
  const [rows] = table.shape;
  return differentiable(
    [table], () => asTensor<tf.Tensor2D>(onDevice().gather(table, tf.tensor1d(places, 'int32'))),
    (dy) => [asTensor(onDevice().sumByIndex(dy, places, rows))],
  );
}
