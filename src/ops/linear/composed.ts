/** Linear maps of stock operations with stock gradients: the oracle of `linear.ts`, and nothing that a model runs on. */
import * as tf from '@tensorflow/tfjs';
import type { Beside } from './linear';

/** As `linear`. */
export function linear(x: tf.Tensor2D, weight: tf.Tensor, { bias, residual }: Beside = {}): tf.Tensor2D {
  let y: tf.Tensor2D = tf.matMul(x, weight);
  if (bias) y = tf.add(y, bias);
  return residual ? tf.add(y, residual) : y;
}

/** As `gated`. */
export function gated(x: tf.Tensor2D, weight: tf.Tensor): tf.Tensor2D {
  const [gate, up] = tf.split(tf.matMul(x, weight) as tf.Tensor2D, 2, 1) as [tf.Tensor2D, tf.Tensor2D];
  return tf.mul(tf.mul(gate, tf.sigmoid(gate)), up);
}
