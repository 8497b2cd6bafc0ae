/** Tensors for what kernels fill, on whichever backend is in use. */
import * as tf from '@tensorflow/tfjs';
import { uninitialised as onWasm } from './wasm-heap';
import { uninitialised as onWebGpu } from './webgpu-pass';

/** Floats, with whatever lay there before. Throws `device/limit`. */
export function uninitialised(shape: readonly number[]): tf.TensorInfo {
  return tf.getBackend() === 'webgpu' ? onWebGpu(shape, 'float32') : onWasm(shape, 'float32');
}

/** Makes it a tensor that TensorFlow.js counts, tidies and disposes of. */
export function asTensor<T extends tf.Tensor>(info: tf.TensorInfo): T {
  return tf.engine().makeTensorFromTensorInfo(info) as T;
}
