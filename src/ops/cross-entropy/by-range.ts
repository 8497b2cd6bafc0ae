/**
 * A loss of language modelling from hidden states on: the vocabulary is scored a range at a time, so that all logits never
 * exist at once, and scored again for the gradient. It knows heads and ranges, and leaves to the loss what logits mean.
 */
import * as tf from '@tensorflow/tfjs';
import { differentiable } from '../differentiable';
import { asTensor, uninitialised } from '../tensor';
import { type Head, type Range, type Scorer, scorerOf } from './head';
import type { Chunk } from './kernels';

/** Logits at a time if nothing else is said, 16 MB. */
export const LOGITS = 4 << 20;
/** Ranges are multiples of it, so that kernels find whole tiles. */
const TILE = 64;

/** A loss as it meets the logits, a chunk of them at a time: once for its value, once more for its gradient. */
export interface LossOfLogits {
  /** Begins the pass for the value. */
  begin(rows: number): Absorbing;
  /**
   * Turns a chunk of logits into its gradient, in place.
   * @param kept what {@link Absorbing.finish} gave
   * @param dy gradient of the loss, a scalar on the device
   */
  differentiate(chunk: Chunk, kept: readonly tf.Tensor[], dy: tf.Tensor): void;
}

export interface Absorbing {
  absorb(chunk: Chunk): void;
  /** After the last chunk: the loss, and what its gradient needs beside the logits. */
  finish(): { loss: tf.Scalar; kept: tf.Tensor[] };
}

/**
 * The loss of `hidden·head`, a scalar with gradients of the hidden states and of the head's matrix, where it has one.
 * @param hidden `[rows, hidden]`, one row at least
 * @param most logits at a time
 */
export function lossByRange(hidden: tf.Tensor2D, head: Head, loss: LossOfLogits, most = LOGITS): tf.Scalar {
  const scorer = scorerOf(head);
  const ranges = rangesOf(hidden.shape[0], scorer.vocabulary, most);
  const { matrix } = scorer;
  return differentiable([...matrix ? [matrix] : [], hidden], (save) => {
    const { value, kept, logits } = forward(hidden, scorer, ranges, loss);
    save([hidden, ...logits ? [logits] : [], ...kept]);
    return value;
  }, (dy, saved) => {
    const [states, ...rest] = saved as [tf.Tensor2D, ...tf.Tensor[]];
    const logits = ranges.length === 1 ? rest.shift() as tf.Tensor2D : undefined;
    const differentiate = (chunk: Chunk): void => loss.differentiate(chunk, rest, dy);
    const back = (dMatrix?: tf.TensorInfo): tf.Tensor2D => backward(states, scorer, ranges, differentiate, logits, dMatrix);
    if (!matrix) return [() => back()];
    // Both gradients need those of the logits. The engine asks in this order, and for a frozen matrix's never.
    let dHidden: tf.Tensor2D | undefined;
    return [() => {
      const dMatrix = asTensor(uninitialised(matrix.shape));
      dHidden = tf.keep(back(dMatrix));
      // Should nobody ask for it, it goes when the engine lets go of what was saved.
      saved.push(dHidden);
      return dMatrix;
    }, () => dHidden ? handOver(dHidden) : back()];
  });
}

/** The ranges of a vocabulary in which so many rows are scored. @param most logits at a time */
export function rangesOf(rows: number, vocabulary: number, most: number): Range[] {
  const width = Math.max(TILE, Math.floor(most / rows / TILE) * TILE);
  const count = Math.ceil(vocabulary / width);
  return Array.from({ length: count }, (_, i) => ({ first: i * width, width: Math.min(width, vocabulary - i * width) }));
}

/** All logits are kept where one range is the whole vocabulary. */
function forward(
  hidden: tf.Tensor2D, scorer: Scorer, ranges: readonly Range[], loss: LossOfLogits,
): { value: tf.Scalar; kept: tf.Tensor[]; logits?: tf.Tensor2D } {
  const absorbing = loss.begin(hidden.shape[0]);
  let all: tf.Tensor2D | undefined;
  for (const range of ranges) {
    const logits = scorer.scores(hidden, range);
    absorbing.absorb({ logits, first: range.first });
    if (ranges.length === 1) all = logits;
    else logits.dispose();
  }
  const { loss: value, kept } = absorbing.finish();
  return { value, kept, logits: all };
}

/**
 * The gradient of the hidden states. To be called once: it consumes the logits that were kept.
 * @param logits all of them, if they were kept
 * @param dMatrix where the gradient of the head's matrix is written, if it is wanted
 */
function backward(
  hidden: tf.Tensor2D, scorer: Scorer, ranges: readonly Range[], differentiate: (chunk: Chunk) => void, logits?: tf.Tensor2D, dMatrix?: tf.TensorInfo,
): tf.Tensor2D {
  let sum: tf.Tensor2D | undefined;
  for (const range of ranges) {
    sum = tf.tidy(() => {
      const chunk = logits ?? scorer.scores(hidden, range);
      differentiate({ logits: chunk, first: range.first });
      if (dMatrix) scorer.backToMatrix(chunk, hidden, range, dMatrix);
      return scorer.back(chunk, range, sum);
    });
  }
  return sum as tf.Tensor2D;
}

/** A tensor of the engine's in place of one that is kept. */
function handOver(tensor: tf.Tensor2D): tf.Tensor2D {
  const shared = tf.reshape<tf.Rank.R2>(tensor, tensor.shape);
  tensor.dispose();
  return shared;
}
