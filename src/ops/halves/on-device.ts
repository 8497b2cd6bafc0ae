/** The kernels of the backend in use. */
import * as tf from '@tensorflow/tfjs';
import type { HalvesKernels } from './kernels';
import { onWasm } from './wasm';
import { onWebGpu } from './webgpu';

export const onDevice = (): HalvesKernels => tf.getBackend() === 'webgpu' ? onWebGpu : onWasm;
