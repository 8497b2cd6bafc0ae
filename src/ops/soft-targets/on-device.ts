/** The kernels of the backend in use. */
import * as tf from '@tensorflow/tfjs';
import type { SoftTargetKernels } from './kernels';
import { onWasm } from './wasm';
import { onWebGpu } from './webgpu';

export const onDevice = (): SoftTargetKernels => tf.getBackend() === 'webgpu' ? onWebGpu : onWasm;
