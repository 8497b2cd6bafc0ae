/**
 * Rotary position embedding in the rotate-half convention of Hugging Face's Llama (Su et al., arXiv 2104.09864).
 */
import * as tf from '@tensorflow/tfjs';
import { differentiable } from './differentiable';

/** Cosines and sines of every position's angles, each `[rows, 1, headDim]`, and what swaps the halves of a head. */
export interface Rotation {
  cos: tf.Tensor3D;
  sin: tf.Tensor3D;
  /** `[headDim, headDim]`: x·swap = [−x₂, x₁]. A product is faster than slicing and joining halves, and as exact. */
  swap: tf.Tensor2D;
}

/**
 * The rotation of given positions: angle `p·frequency_i` for the i-th entry of both halves of a head.
 * @param positions position of every row
 * @param frequencies radians per position, `[headDim / 2]`
 */
export function rotationOf(positions: ArrayLike<number>, frequencies: ArrayLike<number>): Rotation {
  const rows = positions.length;
  const half = frequencies.length;
  const headDim = 2 * half;
  const cos = new Float32Array(rows * headDim);
  const sin = new Float32Array(rows * headDim);
  for (let i = 0; i < half; i++) {
    for (let row = 0; row < rows; row++) {
      const angle = (positions[row] as number) * (frequencies[i] as number);
      const at = row * headDim + i;
      cos[at] = cos[at + half] = Math.cos(angle);
      sin[at] = sin[at + half] = Math.sin(angle);
    }
  }
  return { cos: tf.tensor3d(cos, [rows, 1, headDim]), sin: tf.tensor3d(sin, [rows, 1, headDim]), swap: halfSwap(headDim) };
}

/**
 * Turns every head of every row by its position's angles: `x·cos + [−x₂, x₁]·sin`.
 * @param x `[rows, heads, headDim]`
 */
export function rotary(x: tf.Tensor3D, rotation: Rotation): tf.Tensor3D {
  return differentiable([x], (save) => {
    save([rotation.cos, rotation.sin, rotation.swap]);
    return turn(x, rotation);
  }, (dy, saved) => {
    // A rotation's gradient is the opposite rotation.
    const [cos, sin, swap] = saved as [tf.Tensor3D, tf.Tensor3D, tf.Tensor2D];
    return [turn(dy, { cos, sin: tf.neg(sin), swap })];
  });
}

function turn(x: tf.Tensor3D, { cos, sin, swap }: Rotation): tf.Tensor3D {
  const [rows, heads, headDim] = x.shape;
  const swapped = tf.reshape(tf.matMul(tf.reshape(x, [rows * heads, headDim]), swap), x.shape);
  return tf.add(tf.mul(x, cos), tf.mul(swapped, sin));
}

function halfSwap(headDim: number): tf.Tensor2D {
  const half = headDim / 2;
  const swap = new Float32Array(headDim * headDim);
  for (let i = 0; i < half; i++) {
    swap[(i + half) * headDim + i] = -1;
    swap[i * headDim + i + half] = 1;
  }
  return tf.tensor2d(swap, [headDim, headDim]);
}
