/** What a backend brings for attention. */
import type * as tf from '@tensorflow/tfjs';

export interface Heads {
  heads: number;
  /** A divisor of `heads`: query head h reads key head ⌊h / (heads / kvHeads)⌋. */
  kvHeads: number;
  headDim: number;
}

/** Rows of a batch lie sequence after sequence, `rows = batch · tokens`. */
export interface AttentionShape extends Heads {
  batch: number;
  tokens: number;
}

/** Which keys a query sees: all, if nothing else is said. */
export interface Mask {
  /** Itself and what comes before it. */
  causal: boolean;
  /** How many tokens back it sees, itself included; infinite for all. Only with `causal`. */
  window: number;
  /** Keys from here on are padding and hidden, int32 `[batch]`. */
  lengths?: tf.Tensor1D;
}

export interface AttentionKernels {
  /**
   * `softmax(q·kᵀ/√headDim)·v` over the keys that are seen, without storing the scores. A query that sees no key gets zeros.
   * @param qkv `[rows, (heads + 2·kvHeads)·headDim]`: queries, keys, values, each head after head
   * @returns `mixed` `[rows, heads·headDim]`, and the logarithm of each query's sum of exponentials, `[rows, heads]`
   */
  attend(qkv: tf.TensorInfo, shape: AttentionShape, mask: Mask): { mixed: tf.TensorInfo; logSums: tf.TensorInfo };
  /** The gradient of `mixed` with respect to qkv, shaped as it is. */
  attendBack(
    dMixed: tf.TensorInfo, qkv: tf.TensorInfo, mixed: tf.TensorInfo, logSums: tf.TensorInfo, shape: AttentionShape, mask: Mask,
  ): tf.TensorInfo;
}
