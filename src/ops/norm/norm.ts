/**
 * Root-mean-square normalisation (Zhang and Sennrich, arXiv 1910.07467) and layer normalisation (Ba et al., arXiv
 * 1607.06450) with their gradients.
 */
import * as tf from '@tensorflow/tfjs';
import { differentiable, differentiableMany } from '../differentiable';
import { asTensor } from '../tensor';
import { onDevice } from './on-device';

/**
 * `weight · x·r`, `r = 1/√(mean(x²) + epsilon)` over the last axis.
 * @param x `[rows, hidden]`
 * @param weight `[hidden]`
 */
export function rmsNorm(x: tf.Tensor2D, weight: tf.Tensor, epsilon: number): tf.Tensor2D {
  return differentiable([x, weight], (save) => {
    const { normed, scales } = onDevice().rmsNorm(x, weight, epsilon);
    save([x, weight, asTensor(scales)]);
    return asTensor<tf.Tensor2D>(normed);
  }, (dy, saved) => rmsNormBack(dy, saved));
}

/**
 * {@link rmsNorm} at the head of a branch: passes x on beside its norm, so that the gradient which comes past the norm is
 * added inside the kernel and not by an operation of its own.
 * @param x `[rows, hidden]`
 * @param weight `[hidden]`
 * @returns x, for what goes past the branch, and its norm
 */
export function forkRmsNorm(x: tf.Tensor2D, weight: tf.Tensor, epsilon: number): [tf.Tensor2D, tf.Tensor2D] {
  return differentiableMany<[tf.Tensor2D, tf.Tensor2D]>([x, weight], (save) => {
    const { normed, scales } = onDevice().rmsNorm(x, weight, epsilon);
    save([x, weight, asTensor(scales)]);
    // The engine tells results apart by tensor. A reshape shares the numbers on every backend; a clone copies them on WASM.
    return [tf.reshape(x, x.shape), asTensor<tf.Tensor2D>(normed)];
  }, ([dPast, dNormed], saved) => rmsNormBack(dNormed, saved, dPast));
}

/**
 * `weight · (x − mean)·r + bias`, `r = 1/√(variance + epsilon)` over the last axis.
 * @param x `[rows, hidden]`
 * @param weight `[hidden]`
 * @param bias `[hidden]`
 */
export function layerNorm(x: tf.Tensor2D, weight: tf.Tensor, bias: tf.Tensor, epsilon: number): tf.Tensor2D {
  return differentiable([x, weight, bias], (save) => {
    const { normed, moments } = onDevice().layerNorm(x, weight, bias, epsilon);
    save([x, weight, asTensor(moments)]);
    return asTensor<tf.Tensor2D>(normed);
  }, (dy, saved) => {
    const [x, weight, moments] = saved as [tf.Tensor, tf.Tensor, tf.Tensor];
    const { dx, dWeight, dBias } = onDevice().layerNormBack(dy, x, weight, moments);
    return [asTensor(dx), asTensor(dWeight), asTensor(dBias)];
  });
}

function rmsNormBack(dy: tf.Tensor, saved: tf.Tensor[], beside?: tf.Tensor): tf.Tensor[] {
  const [x, weight, scales] = saved as [tf.Tensor, tf.Tensor, tf.Tensor];
  const { dx, dWeight } = onDevice().rmsNormBack(dy, x, weight, scales, beside);
  return [asTensor(dx), asTensor(dWeight)];
}
