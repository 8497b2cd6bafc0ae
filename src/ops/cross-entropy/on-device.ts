/** The kernels of the backend in use. */
import * as tf from '@tensorflow/tfjs';
import type { CrossEntropyKernels } from './kernels';
import { onWasm } from './wasm';
import { onWebGpu } from './webgpu';

export const onDevice = (): CrossEntropyKernels => tf.getBackend() === 'webgpu' ? onWebGpu : onWasm;
