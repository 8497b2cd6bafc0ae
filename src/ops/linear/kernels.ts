/** What a backend brings for matrix products. All numbers are 32-bit floats; places and distances count numbers, not bytes. */
import type * as tf from '@tensorflow/tfjs';

/** A matrix that lies in a tensor: row r begins at `offset + r·stride`. */
export interface Side {
  data: tf.TensorInfo;
  /** Where its first number lies; 0 by default. */
  offset?: number;
  /** From one row, as it lies, to the next. */
  stride: number;
  /** It takes part as the transpose of how it lies. */
  transposed?: boolean;
}

/** `C = A·B (+ bias) (+ residual)`, or what is added to C; A is m×k, B k×n once transposed as they say. */
export interface Product {
  a: Side;
  b: Side;
  /** Never transposed; not the buffer of a, b or the residual. */
  c: Side;
  m: number;
  k: number;
  n: number;
  /** `[n]` */
  bias?: tf.TensorInfo;
  /** `[m, n]` */
  residual?: tf.TensorInfo;
  /** Adds to what C holds. */
  adds?: boolean;
}

export interface LinearKernels {
  /** Sizes of 0 are the caller's business. Throws `device/limit`. */
  multiply(product: Product): void;
  /**
   * `gates = x·weight`, and `out = silu(first half of gates) ∘ second half`, in one go.
   * @param x `[m, k]`
   * @param weight `[k, 2n]`
   */
  multiplyGated(x: tf.TensorInfo, weight: tf.TensorInfo): { gates: tf.TensorInfo; out: tf.TensorInfo };
  /** Sums over the rows of `[m, n]`, in order: the gradient of a bias, `[n]`. */
  sumRows(x: tf.TensorInfo): tf.TensorInfo;
}
