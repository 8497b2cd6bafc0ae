/** What a backend brings for AdamW (Loshchilov and Hutter, arXiv 1711.05101) over all parameters at once. */
import type * as tf from '@tensorflow/tfjs';

export interface AdamWConstants {
  beta1: number;
  beta2: number;
  epsilon: number;
  /** Decoupled: multiplied by the learning rate and taken from the parameter itself. */
  weightDecay: number;
  /** Gradients of a larger global norm are scaled down to it; 0 for never. */
  clipNorm: number;
}

/** One update. */
export interface Update extends AdamWConstants {
  /** Counts from 1. */
  step: number;
  rate: number;
  /** The loss that the gradients are of, a scalar on the device: if it is not finite, nothing changes. */
  loss: tf.TensorInfo;
}

/** Parameters under optimisation, with two moments each. */
export interface Optimizer {
  /** The parameters, in the order given; updated in place, owned by their user. */
  readonly parameters: readonly tf.Tensor[];
  /** Adds gradients, one per parameter in order, to those gathered since the last update; times `share`. */
  gather(gradients: readonly tf.Tensor[], share: number): void;
  /** Clips what was gathered, updates every parameter and its moments in place, and forgets what was gathered. */
  update(update: Update): void;
  /** Copies of a parameter's moments, shaped as it is. */
  moments(index: number): { mean: tf.Tensor; variance: tf.Tensor };
  setMoments(index: number, mean: Float32Array, variance: Float32Array): void;
  dispose(): void;
}

/**
 * Takes parameters over: those it hands out may be other tensors with the same numbers, and those given are disposed then.
 * @param decays which of them weight decay holds for
 */
export type OptimizerOf = (parameters: readonly tf.Tensor[], decays: readonly boolean[]) => Optimizer;
