/** The loss of language modelling: how surprising each row's label is. */
import * as tf from '@tensorflow/tfjs';
import { asTensor, uninitialised } from '../tensor';
import { type LossOfLogits, lossByRange } from './by-range';
import type { Head } from './head';
import { onDevice } from './on-device';

export type { FrozenHead, Head } from './head';

/**
 * Mean of `−log softmax(hidden·head)[label]` over the rows; a scalar.
 * @param hidden `[rows, hidden]`, one row at least
 * @param labels one token id per row
 * @param most logits at a time
 */
export function crossEntropy(hidden: tf.Tensor2D, head: Head, labels: readonly number[], most?: number): tf.Scalar {
  return lossByRange(hidden, head, lossOfLabels(labels), most);
}

/** What is kept of it is each row's log of the sum of exponentials, and its label. */
export function lossOfLabels(labels: readonly number[]): LossOfLogits {
  return {
    begin(rows) {
      const targets = tf.tensor1d(Int32Array.from(labels), 'int32');
      const state = asTensor(uninitialised([rows, 3]));
      return {
        absorb: (chunk) => onDevice().absorb(chunk, state, targets),
        finish() {
          const { loss, logSums } = onDevice().finish(state);
          return { loss: asTensor(loss), kept: [asTensor(logSums), targets] };
        },
      };
    },

    differentiate(chunk, kept, dy) {
      const [logSums, targets] = kept as [tf.Tensor, tf.Tensor];
      onDevice().differentiate(chunk, logSums, targets, dy);
    },
  };
}
