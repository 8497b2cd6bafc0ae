/** The kernels of the backend in use. */
import * as tf from '@tensorflow/tfjs';
import type { GatherKernels } from './kernels';
import { onWasm } from './wasm';
import { onWebGpu } from './webgpu';

export const onDevice = (): GatherKernels => tf.getBackend() === 'webgpu' ? onWebGpu : onWasm;
