/** Halves on the WebGPU backend, by integers alone: few adapters have them in shaders. */
import * as tf from '@tensorflow/tfjs';
import half from '../packed/half.wgsl?raw';
import { dispatch, spread, uninitialised } from '../webgpu-pass';
import shader from './halves.wgsl?raw';
import type { HalvesKernels } from './kernels';

const kernel = (entryPoint: string) => ({ label: `halves ${entryPoint}`, code: half + shader, entryPoint });

export const onWebGpu: HalvesKernels = {
  toHalves(x) {
    const size = tf.util.sizeFromShape(x.shape);
    const words = Math.ceil(size / 2);
    const out = uninitialised([words], 'int32');
    if (size > 0) dispatch(kernel('to_halves'), [x, out], [size], spread(words));
    return out;
  },
  fromHalves(halves, shape) {
    const out = uninitialised(shape, 'float32');
    const size = tf.util.sizeFromShape([...shape]);
    if (size > 0) dispatch(kernel('from_halves'), [halves, out], [size], spread(Math.ceil(size / 2)));
    return out;
  },
};
