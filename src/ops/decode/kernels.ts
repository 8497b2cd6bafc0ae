/** What a backend brings for decoding: a cache of keys and values, attention of new tokens to it, and the choice of tokens. */
import type * as tf from '@tensorflow/tfjs';
import type { Heads } from '../attention/kernels';
import type { Turns } from '../rotary/kernels';

/** Keys and values of one layer by sequence and position, each `[batch, capacity, kvHeads·headDim]`. */
export interface Cache {
  keys: tf.Tensor3D;
  values: tf.Tensor3D;
}

export interface Sampling {
  /** 0 takes the likeliest. */
  temperature: number;
  /** Draws among so many of the likeliest; 0 for all. */
  topK: number;
  /** Draws among the likeliest that make up this share together; 1 for all. */
  topP: number;
}

export interface DecodeKernels {
  /**
   * Writes keys and values to their places in the cache: row r is of sequence ⌊r / tokens⌋ at `positions[r]`.
   * @param qkv `[batch · tokens, (heads + 2·kvHeads)·headDim]`, already turned
   * @param positions int32 `[batch · tokens]`
   */
  store(qkv: tf.TensorInfo, cache: Cache, positions: tf.TensorInfo, tokens: number, heads: Heads): void;
  /**
   * Takes in one new token per sequence: turns its query and key, stores its key and value at its position, and attends to the
   * cache up to and with that position.
   * @param qkv not turned, `[batch, (heads + 2·kvHeads)·headDim]`
   * @param turns its positions are the tokens' in their sequences, int32 `[batch]`
   * @param window how many positions back it sees, itself included; infinite for all
   * @returns `[batch, heads·headDim]`
   */
  attendNext(qkv: tf.TensorInfo, cache: Cache, turns: Turns, window: number, heads: Heads): tf.TensorInfo;
  /**
   * One token per row. Ties go to the lower id.
   * @param logits `[rows, vocabulary]`
   * @param draws uniform in [0, 1), `[rows]`; read only when the temperature is not 0
   * @returns int32 `[rows]`
   */
  sample(logits: tf.TensorInfo, sampling: Sampling, draws: tf.TensorInfo): tf.TensorInfo;
}
