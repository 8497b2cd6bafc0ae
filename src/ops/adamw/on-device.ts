/** The optimizer of the backend in use. */
import * as tf from '@tensorflow/tfjs';
import type { OptimizerOf } from './kernels';
import { onWasm } from './wasm';
import { onWebGpu } from './webgpu';

export const optimizerOf: OptimizerOf = (parameters, decays) => (tf.getBackend() === 'webgpu' ? onWebGpu : onWasm)(parameters, decays);
