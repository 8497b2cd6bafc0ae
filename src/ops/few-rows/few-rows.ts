/**
 * Linear maps of a normalised input for decoding, where each sequence has one row: without gradients, and on WebGPU one kernel
 * for the norm and the product. More rows, or WASM, take the operations that training takes.
 */
import * as tf from '@tensorflow/tfjs';
import { swiglu } from '../activation/activation';
import { gated, linear } from '../linear/linear';
import { rmsNorm } from '../norm/norm';
import { type PackedMatrix, isPacked } from '../packed/matrix';
import { packedLinear } from '../packed/packed';
import { FEW, type Norm, multiplyFewRows } from './webgpu';

export type { Norm } from './webgpu';

/**
 * `rmsNorm(x)·weight (+ bias)`.
 * @param x `[rows, in]`
 * @param weight `[in, out]`, or packed `[out, in]`
 * @param bias `[out]`
 * @returns `[rows, out]`
 */
export function normedLinear(x: tf.Tensor2D, norm: Norm, weight: tf.Tensor | PackedMatrix, bias?: tf.Tensor): tf.Tensor2D {
  if (isForFewRows(x)) return multiplyFewRows({ x, norm, weight, bias });
  return tf.tidy(() => {
    const normed = rmsNorm(x, norm.weight, norm.epsilon);
    return isPacked(weight) ? packedLinear(normed, weight, { bias }) : linear(normed, weight, { bias });
  });
}

/**
 * `silu(gate) ∘ up` of `rmsNorm(x)·weight`.
 * @param x `[rows, in]`
 * @param weight `[in, 2·width]`, or packed `[2·width, in]`: gate, then up
 * @returns `[rows, width]`
 */
export function normedGated(x: tf.Tensor2D, norm: Norm, weight: tf.Tensor | PackedMatrix): tf.Tensor2D {
  if (isForFewRows(x)) return multiplyFewRows({ x, norm, weight, gated: true });
  return tf.tidy(() => {
    const normed = rmsNorm(x, norm.weight, norm.epsilon);
    return isPacked(weight) ? swiglu(packedLinear(normed, weight)) : gated(normed, weight);
  });
}

function isForFewRows({ shape: [rows] }: tf.Tensor2D): boolean {
  return tf.getBackend() === 'webgpu' && rows > 0 && rows <= FEW;
}
