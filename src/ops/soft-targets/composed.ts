/** The loss with soft targets composed of the library's own operations and gradients: what the kernels are held against. */
import * as tf from '@tensorflow/tfjs';
import { crossEntropy } from '../cross-entropy/composed';
import type { SoftTargets } from './targets';

/**
 * Cross-entropy plus the mean of `weight·KL(teacher ‖ softmax(logits / T))` over the rows; a scalar.
 * @param logits `[rows, vocabulary]`
 * @param labels one token id per row
 */
export function distillationLoss(logits: tf.Tensor2D, labels: readonly number[], soft: SoftTargets): tf.Scalar {
  const teacher = dense(logits.shape, soft);
  // 0·log 0 is 0.
  const entropy = tf.neg(tf.sum(tf.mul(teacher, tf.log(tf.maximum(teacher, 1e-37))), -1));
  const shifted = tf.div(tf.sub(logits, tf.max(logits, -1, true)), soft.temperature);
  const logProbs = tf.sub(shifted, tf.log(tf.sum(tf.exp(shifted), -1, true)));
  const divergence = tf.sub(tf.neg(tf.sum(tf.mul(teacher, logProbs), -1)), entropy);
  return tf.add(crossEntropy(logits, labels), tf.mean(tf.mul(divergence, tf.tensor1d(soft.weights))));
}

function dense([rows, vocabulary]: [number, number], { k, ids, probabilities }: SoftTargets): tf.Tensor2D {
  const all = new Float32Array(rows * vocabulary);
  ids.forEach((id, i) => { if (id >= 0) all[Math.floor(i / k) * vocabulary + id] = probabilities[i] as number; });
  return tf.tensor2d(all, [rows, vocabulary]);
}
