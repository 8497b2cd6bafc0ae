/** The loss of language modelling composed of the library's own operations and gradients: what the kernels are held against. */
import * as tf from '@tensorflow/tfjs';

/**
 * Mean of `−log softmax(logits)[label]` over the rows; a scalar. The maximum is taken out first, so that no exponential
 * overflows.
 * @param logits `[rows, vocabulary]`
 * @param labels one token id per row
 */
export function crossEntropy(logits: tf.Tensor2D, labels: readonly number[]): tf.Scalar {
  const onehot = tf.oneHot(tf.tensor1d(Int32Array.from(labels), 'int32'), logits.shape[1]).toFloat();
  const shifted = tf.sub(logits, tf.max(logits, -1, true));
  return tf.mean(tf.sub(tf.log(tf.sum(tf.exp(shifted), -1)), tf.sum(tf.mul(shifted, onehot), -1)));
}
