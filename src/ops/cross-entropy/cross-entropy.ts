/**
 * The loss of language modelling, from hidden states on: the vocabulary is scored a range at a time, so that all logits never
 * exist at once, and scored again for the gradient.
 */
import * as tf from '@tensorflow/tfjs';
import { differentiable } from '../differentiable';
import { asTensor, uninitialised } from '../tensor';
import { type Head, type Range, type Scorer, scorerOf } from './head';
import { onDevice } from './on-device';

export type { FrozenHead, Head } from './head';

/** Logits at a time if nothing else is said, 16 MB. */
const LOGITS = 4 << 20;
/** Ranges are multiples of it, so that kernels find whole tiles. */
const TILE = 64;

/** What the backward pass needs of the forward pass. */
interface Kept {
  hidden: tf.Tensor2D;
  /** Each row's log of the sum of exponentials. */
  logSums: tf.Tensor;
  labels: tf.Tensor;
  /** All logits, where one range is the whole vocabulary. The backward pass turns them into their gradient. */
  logits?: tf.Tensor2D;
}

/**
 * Mean of `−log softmax(hidden·head)[label]` over the rows; a scalar.
 * @param hidden `[rows, hidden]`, one row at least
 * @param labels one token id per row
 * @param most logits at a time
 */
export function crossEntropy(hidden: tf.Tensor2D, head: Head, labels: readonly number[], most = LOGITS): tf.Scalar {
  const scorer = scorerOf(head);
  const ranges = rangesOf(hidden.shape[0], scorer.vocabulary, most);
  const { matrix } = scorer;
  return differentiable([...matrix ? [matrix] : [], hidden], (save) => {
    const { loss, logSums, targets, logits } = forward(hidden, scorer, ranges, labels);
    save([hidden, logSums, targets, ...logits ? [logits] : []]);
    return loss;
  }, (dy, saved) => {
    const [states, logSums, targets, logits] = saved as [tf.Tensor2D, tf.Tensor, tf.Tensor, tf.Tensor2D?];
    const kept = { hidden: states, logSums, labels: targets, logits };
    if (!matrix) return [() => backward(dy, scorer, ranges, kept)];
    // Both gradients need those of the logits. The engine asks in this order, and for a frozen matrix's never.
    let dHidden: tf.Tensor2D | undefined;
    return [() => {
      const dMatrix = asTensor(uninitialised(matrix.shape));
      dHidden = tf.keep(backward(dy, scorer, ranges, kept, dMatrix));
      // Should nobody ask for it, it goes when the engine lets go of what was saved.
      saved.push(dHidden);
      return dMatrix;
    }, () => dHidden ? handOver(dHidden) : backward(dy, scorer, ranges, kept)];
  });
}

function forward(
  hidden: tf.Tensor2D, scorer: Scorer, ranges: readonly Range[], labels: readonly number[],
): { loss: tf.Scalar; logSums: tf.Tensor; targets: tf.Tensor; logits?: tf.Tensor2D } {
  const [rows] = hidden.shape;
  const targets = tf.tensor1d(Int32Array.from(labels), 'int32');
  const state = asTensor(uninitialised([rows, 3]));
  let all: tf.Tensor2D | undefined;
  for (const range of ranges) {
    const logits = scorer.scores(hidden, range);
    onDevice().absorb({ logits, first: range.first }, state, targets);
    if (ranges.length === 1) all = logits;
    else logits.dispose();
  }
  const { loss, logSums } = onDevice().finish(state);
  return { loss: asTensor(loss), logSums: asTensor(logSums), targets, logits: all };
}

/**
 * The gradient of the hidden states. To be called once: it consumes the logits that were kept.
 * @param dMatrix where the gradient of the head's matrix is written, if it is wanted
 */
function backward(
  dy: tf.Tensor, scorer: Scorer, ranges: readonly Range[], { hidden, logSums, labels, logits }: Kept, dMatrix?: tf.TensorInfo,
): tf.Tensor2D {
  let sum: tf.Tensor2D | undefined;
  for (const range of ranges) {
    sum = tf.tidy(() => {
      const chunk = logits ?? scorer.scores(hidden, range);
      onDevice().differentiate({ logits: chunk, first: range.first }, logSums, labels, dy);
      if (dMatrix) scorer.backToMatrix(chunk, hidden, range, dMatrix);
      return scorer.back(chunk, range, sum);
    });
  }
  return sum as tf.Tensor2D;
}

function rangesOf(rows: number, vocabulary: number, most: number): Range[] {
  const width = Math.max(TILE, Math.floor(most / rows / TILE) * TILE);
  const count = Math.ceil(vocabulary / width);
  return Array.from({ length: count }, (_, i) => ({ first: i * width, width: Math.min(width, vocabulary - i * width) }));
}

/** A tensor of the engine's in place of one that is kept. */
function handOver(tensor: tf.Tensor2D): tf.Tensor2D {
  const shared = tf.reshape<tf.Rank.R2>(tensor, tensor.shape);
  tensor.dispose();
  return shared;
}
