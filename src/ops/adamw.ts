/** One update of AdamW (Loshchilov and Hutter, arXiv 1711.05101), and clipping by the global norm before it. */
import * as tf from '@tensorflow/tfjs';

export interface AdamWConstants {
  beta1: number;
  beta2: number;
  epsilon: number;
  /** Decoupled: multiplied by the learning rate and taken from the parameter itself. */
  weightDecay: number;
}

/** A parameter and its two moments, all of one shape. */
export interface AdamWState {
  parameter: tf.Tensor;
  mean: tf.Tensor;
  variance: tf.Tensor;
}

/**
 * New tensors for the parameter and its moments; the old ones are left to the caller. Never in place: the WASM
 * backend keeps a packed copy of every matrix it has multiplied by, keyed by tensor.
 * @param step counts from 1
 */
export function adamw(state: AdamWState, gradient: tf.Tensor, step: number, rate: number, constants: AdamWConstants): AdamWState {
  const { beta1, beta2, epsilon, weightDecay } = constants;
  // A tidy for each, since all of these are as large as the parameter.
  return tf.tidy(() => {
    const mean = tf.tidy(() => tf.add(tf.mul(state.mean, beta1), tf.mul(gradient, 1 - beta1)));
    const variance = tf.tidy(() => tf.add(tf.mul(state.variance, beta2), tf.mul(tf.square(gradient), 1 - beta2)));
    const root = tf.tidy(() => tf.add(tf.mul(tf.sqrt(variance), 1 / Math.sqrt(1 - beta2 ** step)), epsilon));
    const update = tf.tidy(() => tf.mul(tf.div(mean, root), rate / (1 - beta1 ** step)));
    const decayed = weightDecay === 0 ? state.parameter : tf.mul(state.parameter, 1 - rate * weightDecay);
    return { parameter: tf.sub(decayed, update), mean, variance };
  });
}

/** The Euclidean norm of all gradients together; a scalar. */
export function globalNorm(gradients: readonly tf.Tensor[]): tf.Scalar {
  // Stacked, because addN binds every input at once, which is more buffers than a WebGPU shader may have.
  return tf.tidy(() => tf.sqrt(tf.sum(tf.stack(gradients.map((gradient) => tf.sum(tf.square(gradient)))))));
}

/**
 * The factor `min(1, limit / norm)` that brings gradients of this global norm down to the limit; a scalar tensor, so
 * that nothing waits for the device.
 */
export function clipFactor(norm: tf.Scalar, limit: number): tf.Scalar {
  return tf.tidy(() => tf.minimum(1, tf.div(limit, tf.add(norm, 1e-6))) as tf.Scalar);
}
