/**
 * Activations with their gradients: the gated SiLU of Llama's feed-forward, and those that vision towers and connectors
 * name in their `config.json`.
 */
import type * as tf from '@tensorflow/tfjs';
import { differentiable } from '../differentiable';
import { asTensor } from '../tensor';
import type { ActivationName } from './kernels';
import { onDevice } from './on-device';

export { type ActivationName, activations } from './kernels';

/**
 * `silu(gate)·up` (Shazeer, arXiv 2002.05202).
 * @param gates `[rows, 2·width]`: gates, then ups
 * @returns `[rows, width]`
 */
export function swiglu(gates: tf.Tensor2D): tf.Tensor2D {
  return differentiable([gates], (save) => {
    save([gates]);
    return asTensor<tf.Tensor2D>(onDevice().swiglu(gates));
  }, (dy, [kept]) => [asTensor(onDevice().swigluBack(dy, kept as tf.Tensor))]);
}

/** Applies the activation of that name to a tensor of any shape. */
export function activate<T extends tf.Tensor>(name: ActivationName, x: T): T {
  return differentiable([x], (save) => {
    save([x]);
    return asTensor<T>(onDevice().activate(name, x));
  }, (dy, [kept]) => [asTensor(onDevice().activateBack(name, dy, kept as tf.Tensor))]);
}
