/** What a backend brings for activations. */
import type * as tf from '@tensorflow/tfjs';

/** The names under which Hugging Face configs ask for an activation that is supported here. */
export const activations = ['gelu', 'quick_gelu', 'gelu_pytorch_tanh', 'gelu_new', 'relu'] as const;
export type ActivationName = (typeof activations)[number];

export interface ActivationKernels {
  /** `silu(gate)·up`. @param gates `[rows, 2·width]`: gates, then ups @returns `[rows, width]` */
  swiglu(gates: tf.TensorInfo): tf.TensorInfo;
  /** The gradient with respect to gates. @param dy `[rows, width]` */
  swigluBack(dy: tf.TensorInfo, gates: tf.TensorInfo): tf.TensorInfo;
  /** By name, on any shape. */
  activate(name: ActivationName, x: tf.TensorInfo): tf.TensorInfo;
  activateBack(name: ActivationName, dy: tf.TensorInfo, x: tf.TensorInfo): tf.TensorInfo;
}
