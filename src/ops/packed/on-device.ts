/** The packed products of the backend in use. */
import * as tf from '@tensorflow/tfjs';
import * as onWasm from './wasm';
import * as onWebGpu from './webgpu';

export const onDevice = (): typeof onWasm => tf.getBackend() === 'webgpu' ? onWebGpu : onWasm;
