/** What a backend brings for rotary positions. */
import type * as tf from '@tensorflow/tfjs';
import type { Heads } from '../attention/kernels';

/** Angles by position, and the positions. */
export interface Turns {
  /** Of every position's angles, `[positions, headDim / 2]`. */
  cos: tf.Tensor2D;
  sin: tf.Tensor2D;
  /** Position of every row, int32 `[rows]`. */
  positions: tf.Tensor1D;
}

export interface RotaryKernels {
  /**
   * Turns the queries and keys of every row by its position and copies the values; `back` turns the other way.
   * @param qkv `[rows, (heads + 2·kvHeads)·headDim]`: queries, keys, values, each head after head
   */
  turn(qkv: tf.TensorInfo, turns: Turns, heads: Heads, back: boolean): tf.TensorInfo;
}
