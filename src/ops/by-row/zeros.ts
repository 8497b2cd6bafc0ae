/** What comes of no rows on the WebGPU backend, where nothing empty can be bound. */
import * as tf from '@tensorflow/tfjs';
import { webGpuBackend } from '../webgpu-pass';

/** Zeros that the host holds until the device wants them. */
export function zeros(shape: readonly number[]): tf.TensorInfo {
  return webGpuBackend().makeTensorInfo([...shape], 'float32', new Float32Array(tf.util.sizeFromShape([...shape])));
}
