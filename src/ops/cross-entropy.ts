/** The loss of language modelling, with its gradient. */
import * as tf from '@tensorflow/tfjs';
import { differentiable } from './differentiable';

/**
 * Mean of `−log softmax(logits)[target]` over the rows; a scalar. The maximum is taken out first, so that no
 * exponential overflows.
 * @param logits `[rows, vocabulary]`
 * @param targets one token id per row
 */
export function crossEntropy(logits: tf.Tensor2D, targets: readonly number[]): tf.Scalar {
  const [rows, vocabulary] = logits.shape;
  return differentiable([logits], (save) => {
    const onehot = tf.oneHot(tf.tensor1d(Int32Array.from(targets), 'int32'), vocabulary).toFloat() as tf.Tensor2D;
    const shifted = tf.sub(logits, tf.max(logits, -1, true));
    const probabilities = tf.softmax(shifted);
    // softmax[top] = 1 / Σ exp(shifted) because shifted[top] = 0: the log of the sum without a slow exponential.
    const logSum = tf.neg(tf.log(tf.max(probabilities, -1)));
    const targetLogits = tf.sum(tf.mul(shifted, onehot), -1);
    save([probabilities, onehot]);
    return tf.mean(tf.sub(logSum, targetLogits)) as tf.Scalar;
  }, (dy, saved) => {
    const [probabilities, onehot] = saved as [tf.Tensor, tf.Tensor];
    return [tf.mul(tf.sub(probabilities, onehot), tf.div(dy, rows))];
  });
}
