/** Normalisation composed of the library's own operations and gradients: what the kernels are held against. */
import * as tf from '@tensorflow/tfjs';

/**
 * `weight · x·r`, `r = 1/√(mean(x²) + epsilon)` over the last axis.
 * @param x `[rows, hidden]`
 * @param weight `[hidden]`
 */
export function rmsNorm(x: tf.Tensor2D, weight: tf.Tensor, epsilon: number): tf.Tensor2D {
  const r = tf.rsqrt(tf.add(tf.mean(tf.square(x), -1, true), epsilon));
  return tf.mul(tf.mul(x, r), weight);
}

/**
 * `weight · (x − mean)·r + bias`, `r = 1/√(variance + epsilon)` over the last axis.
 * @param x `[rows, hidden]`
 * @param weight `[hidden]`
 * @param bias `[hidden]`
 */
export function layerNorm(x: tf.Tensor2D, weight: tf.Tensor, bias: tf.Tensor, epsilon: number): tf.Tensor2D {
  const centred = tf.sub(x, tf.mean(x, -1, true));
  const r = tf.rsqrt(tf.add(tf.mean(tf.square(centred), -1, true), epsilon));
  return tf.add(tf.mul(tf.mul(centred, r), weight), bias);
}
