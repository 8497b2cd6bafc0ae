/** Activations composed of the library's own operations and gradients: what the kernels are held against. */
import * as tf from '@tensorflow/tfjs';
import type { ActivationName } from './kernels';

/**
 * `silu(gate)·up`.
 * @param gates `[rows, 2·width]`: gates, then ups
 * @returns `[rows, width]`
 */
export function swiglu(gates: tf.Tensor2D): tf.Tensor2D {
  const [gate, up] = tf.split(gates, 2, 1) as [tf.Tensor2D, tf.Tensor2D];
  return tf.mul(tf.mul(gate, tf.sigmoid(gate)), up);
}

/** Applies the activation of that name to a tensor of any shape. */
export function activate<T extends tf.Tensor>(name: ActivationName, x: T): T {
  if (name === 'relu') return tf.relu(x);
  if (name === 'quick_gelu') return quickGelu(x);
  return name === 'gelu' ? exactGelu(x) : tanhGelu(x);
}

/** `x·sigmoid(1.702 x)`. */
function quickGelu<T extends tf.Tensor>(x: T): T {
  return tf.mul(x, tf.sigmoid(tf.mul(x, 1.702)));
}

/** `x·Φ(x)`, Φ by the error function. */
function exactGelu<T extends tf.Tensor>(x: T): T {
  return tf.mul(x, tf.add(tf.mul(tf.erf(tf.mul(x, Math.SQRT1_2)), 0.5), 0.5));
}

/** `x·(1 + tanh(√(2/π)·(x + 0.044715 x³)))/2`, written by the sigmoid: (1 + tanh z)/2 = sigmoid(2z). */
function tanhGelu<T extends tf.Tensor>(x: T): T {
  const inner = tf.mul(x, tf.add(tf.mul(tf.square(x), 0.044715), 1));
  return tf.mul(x, tf.sigmoid(tf.mul(inner, 2 * Math.sqrt(2 / Math.PI))));
}
