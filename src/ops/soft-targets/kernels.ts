/** What a backend brings for soft targets. Logits come a chunk of the vocabulary at a time. */
import type * as tf from '@tensorflow/tfjs';
import type { Chunk } from '../cross-entropy/kernels';

/** Soft targets on the device. */
export interface Targets {
  /** int32 `[rows, k]`; −1 where a row has fewer. */
  ids: tf.TensorInfo;
  /** `[rows, k]` */
  probabilities: tf.TensorInfo;
  temperature: number;
}

/** What the gradient needs beside the logits. */
export interface Kept {
  /** int32 `[rows]` */
  labels: tf.TensorInfo;
  /** Each row's log of the sum of exponentials, `[rows]`; and likewise of its logits over the temperature. */
  logSums: tf.TensorInfo;
  softLogSums: tf.TensorInfo;
  /** What each row's divergence counts, `[rows]`; 0 for a row without soft targets. */
  weights: tf.TensorInfo;
}

export interface SoftTargetKernels {
  /**
   * Takes a chunk into each row's running maximum, its `Σ exp((logit − maximum) / T)`, and its `Σ probability·logit` over its
   * soft targets.
   * @param state `[rows, 3]`, changed in place; what it held does not matter before the first chunk (`first` 0)
   */
  absorb(chunk: Chunk, targets: Targets, state: tf.TensorInfo): void;
  /**
   * Turns a chunk into its own gradient, in place, labels and soft targets together:
   * `(exp(logit − logSum) − [is the label] + weight / T·(exp(logit / T − softLogSum) − probability))·dy / rows`.
   * @param dy gradient of the mean loss, a scalar on the device
   */
  differentiate(chunk: Chunk, targets: Targets, kept: Kept, dy: tf.TensorInfo): void;
}
