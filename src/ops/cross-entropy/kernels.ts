/** What a backend brings for the loss of language modelling. Logits come a chunk of the vocabulary at a time. */
import type * as tf from '@tensorflow/tfjs';

/** A chunk of logits, `[rows, width]`: scores of the tokens from `first` on. */
export interface Chunk {
  logits: tf.TensorInfo;
  first: number;
}

export interface CrossEntropyKernels {
  /**
   * Takes a chunk into each row's running maximum, sum of exponentials under that maximum, and score of its label.
   * @param state `[rows, 3]`, changed in place; what it held does not matter before the first chunk (`first` 0)
   * @param labels int32 `[rows]`
   */
  absorb(chunk: Chunk, state: tf.TensorInfo, labels: tf.TensorInfo): void;
  /** After the last chunk: the mean loss, a scalar, and each row's log of the sum of exponentials, `[rows]`. */
  finish(state: tf.TensorInfo): { loss: tf.TensorInfo; logSums: tf.TensorInfo };
  /**
   * Turns a chunk into its own gradient, in place: `(exp(logit − logSum) − [is the label])·dy / rows`.
   * @param dy gradient of the mean loss, a scalar on the device
   */
  differentiate(chunk: Chunk, logSums: tf.TensorInfo, labels: tf.TensorInfo, dy: tf.TensorInfo): void;
}
