/**
 * Activations: the gated SiLU of Llama's feed-forward, and those that vision towers and connectors name in their
 * `config.json`.
 */
import * as tf from '@tensorflow/tfjs';
import { differentiable } from './differentiable';

/** The names under which Hugging Face configs ask for an activation that is supported here. */
export const activations = ['gelu', 'quick_gelu', 'gelu_pytorch_tanh', 'gelu_new', 'relu'] as const;
export type ActivationName = (typeof activations)[number];

/** `silu(gate)·up` (Shazeer, arXiv 2002.05202); all shapes equal. */
export function swiglu(gate: tf.Tensor2D, up: tf.Tensor2D): tf.Tensor2D {
  return differentiable([gate, up], (save) => {
    const s = tf.sigmoid(gate);
    const silu = tf.mul(gate, s);
    save([up, s, silu]);
    return tf.mul<tf.Tensor2D>(silu, up);
  }, (dy, saved) => {
    // silu′ = s + silu·(1 − s)
    const [u, s, silu] = saved as [tf.Tensor, tf.Tensor, tf.Tensor];
    const slope = tf.add(s, tf.mul(silu, tf.sub(1, s)));
    return [tf.mul(tf.mul(dy, u), slope), tf.mul(dy, silu)];
  });
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
