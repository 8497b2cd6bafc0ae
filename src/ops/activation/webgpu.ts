/** Activations on the WebGPU backend: the kernels of `swiglu.wgsl` and `activation.wgsl`. */
import * as tf from '@tensorflow/tfjs';
import { byCell, cellOf } from '../by-row/by-row';
import { zeros } from '../by-row/zeros';
import { dispatch, spread, uninitialised } from '../webgpu-pass';
import activation from './activation.wgsl?raw';
import type { ActivationKernels, ActivationName } from './kernels';
import sigmoid from './sigmoid.wgsl?raw';
import gating from './swiglu.wgsl?raw';

/** As `activation.wgsl` has them. */
const kinds: Record<ActivationName, number> = { gelu: 0, quick_gelu: 1, gelu_pytorch_tanh: 2, gelu_new: 2, relu: 3 };

export const onWebGpu: ActivationKernels = {
  swiglu(gates) {
    const [rows, both] = gates.shape as [number, number];
    return gated('swiglu', rows, both / 2, [rows, both / 2], (out) => [gates, out]);
  },

  swigluBack(dy, gates) {
    const [rows, width] = dy.shape as [number, number];
    return gated('swiglu_back', rows, width, [rows, 2 * width], (out) => [gates, out, dy]);
  },

  activate(name, x) {
    return elementwise('activate', name, x.shape, (out) => [x, out]);
  },

  activateBack(name, dy, x) {
    return elementwise('activate_back', name, x.shape, (out) => [x, out, dy]);
  },
};

function gated(
  entryPoint: string, rows: number, width: number, shape: [number, number], buffers: (out: tf.TensorInfo) => tf.TensorInfo[],
): tf.TensorInfo {
  if (rows === 0) return zeros(shape);
  const out = uninitialised(shape, 'float32');
  dispatch(byCell(sigmoid + gating, entryPoint, width), buffers(out), [rows, width], spread(rows * width / cellOf(width)));
  return out;
}

function elementwise(
  entryPoint: string, name: ActivationName, shape: number[], buffers: (out: tf.TensorInfo) => tf.TensorInfo[],
): tf.TensorInfo {
  const size = tf.util.sizeFromShape(shape);
  if (size === 0) return zeros(shape);
  const out = uninitialised(shape, 'float32');
  const cells = size / cellOf(size);
  dispatch(byCell(sigmoid + activation, entryPoint, size, { KIND: kinds[name] }), buffers(out), [cells], spread(cells));
  return out;
}
