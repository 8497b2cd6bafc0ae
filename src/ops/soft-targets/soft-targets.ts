/**
 * The loss of language modelling with soft targets beside the labels (Hinton et al. 2015, arXiv 1503.02531):
 *
 *     mean over rows of  −log p(label)  +  w·T²·KL(q ‖ p_T)
 *
 * p are the student's probabilities over the whole vocabulary and p_T = softmax(logits / T). Of the teacher only its k likeliest
 * tokens are known, and q is its distribution at T over these, renormalised (`targets.ts`): with k = 1 it is one more label, with
 * k the vocabulary the paper's own. What the teacher gave to other tokens is thereby taught as 0, since where it lay is unknown:
 * the smaller k, the surer the student becomes, which is why k is a setting. Gradients of softened distributions shrink
 * by T², which the factor makes up for. It is added to the cross-entropy rather than averaged with it, so that weight 0 is plain
 * training and rows without soft targets weigh as ever.
 *
 * Both terms read the same logits, a range of the vocabulary at a time and never all (`../cross-entropy/by-range.ts`). Beyond
 * plain training it takes `rows·(2k + 5)` numbers on the device.
 */
import * as tf from '@tensorflow/tfjs';
import { type LossOfLogits, lossByRange } from '../cross-entropy/by-range';
import { type Head, lossOfLabels } from '../cross-entropy/cross-entropy';
import { asTensor, uninitialised } from '../tensor';
import type { Targets } from './kernels';
import { onDevice } from './on-device';
import type { SoftTargets } from './targets';

/**
 * Mean of `−log softmax(logits)[label] + weight·KL(teacher ‖ softmax(logits / T))` over the rows, where logits = `hidden·head`; a
 * scalar. T² is the caller's, in `soft.weights`.
 * @param hidden `[rows, hidden]`, one row at least
 * @param labels one token id per row
 * @param most logits at a time
 */
export function distillationLoss(hidden: tf.Tensor2D, head: Head, labels: readonly number[], soft: SoftTargets, most?: number): tf.Scalar {
  return lossByRange(hidden, head, lossOfBoth(labels, soft), most);
}

function lossOfBoth(labels: readonly number[], soft: SoftTargets): LossOfLogits {
  const { temperature } = soft;
  const hard = lossOfLabels(labels);
  return {
    begin(rows) {
      const hardly = hard.begin(rows);
      const targets = toDevice(soft, rows);
      const weights = tf.tensor1d(soft.weights);
      const state = asTensor<tf.Tensor2D>(uninitialised([rows, 3]));
      return {
        absorb(chunk) {
          hardly.absorb(chunk);
          onDevice().absorb(chunk, targets, state);
        },
        finish() {
          const { loss, kept } = hardly.finish();
          const { divergence, softLogSums } = finish(state, soft);
          const both = tf.add<tf.Scalar>(loss, tf.mean(tf.mul(divergence, weights)));
          return { loss: both, kept: [...kept, softLogSums, weights, targets.ids, targets.probabilities] };
        },
      };
    },

    differentiate(chunk, tensors, dy) {
      type Six = [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
      const [logSums, targets, softLogSums, weights, ids, probabilities] = tensors as Six;
      onDevice().differentiate(chunk, { ids, probabilities, temperature }, { labels: targets, logSums, softLogSums, weights }, dy);
    },
  };
}

function toDevice({ k, temperature, ids, probabilities }: SoftTargets, rows: number): Targets & { ids: tf.Tensor; probabilities: tf.Tensor } {
  return { ids: tf.tensor2d(ids, [rows, k], 'int32'), probabilities: tf.tensor2d(probabilities, [rows, k]), temperature };
}

/** Each row's divergence, where it has soft targets, and log of the sum of tempered exponentials; `[rows]`. */
function finish(state: tf.Tensor2D, { temperature, k, probabilities }: SoftTargets): { divergence: tf.Tensor1D; softLogSums: tf.Tensor1D } {
  const [top, sum, mean] = tf.unstack(state, 1) as [tf.Tensor1D, tf.Tensor1D, tf.Tensor1D];
  const logSum = tf.log(sum);
  // Logits are subtracted first: they may be large, and close.
  const surprise = tf.add(tf.div(tf.sub(top, mean), temperature), logSum);
  return { divergence: tf.sub(surprise, tf.tensor1d(entropies(probabilities, k))), softLogSums: tf.add(tf.div(top, temperature), logSum) };
}

/** `−Σ q·log q` of each row. */
function entropies(probabilities: Float32Array, k: number): Float32Array {
  return Float32Array.from({ length: probabilities.length / k }, (_, row) => (
    -probabilities.subarray(row * k, (row + 1) * k).reduce((sum, q) => q > 0 ? sum + q * Math.log(q) : sum, 0)
  ));
}
