/** The kernels of the backend in use. */
import * as tf from '@tensorflow/tfjs';
import type { DecodeKernels } from './kernels';
import { onWasm } from './wasm';
import { onWebGpu } from './webgpu';

export const onDevice = (): DecodeKernels => tf.getBackend() === 'webgpu' ? onWebGpu : onWasm;
