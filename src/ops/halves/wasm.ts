/** Halves on the WASM backend, eight at a time. */
import * as tf from '@tensorflow/tfjs';
import { kernels } from '../wasm/kernels';
import { addressOf, uninitialised } from '../wasm-heap';
import type { HalvesKernels } from './kernels';

/** Of `kernel.as.ts`. Addresses are bytes of the backend's memory. */
interface Kernels {
  toHalves(x: number, halves: number, size: number): void;
  fromHalves(halves: number, x: number, size: number): void;
}

export const onWasm: HalvesKernels = {
  toHalves(x) {
    const size = tf.util.sizeFromShape(x.shape);
    const out = uninitialised([Math.ceil(size / 2)], 'int32');
    kernels<Kernels>().toHalves(addressOf(x), addressOf(out), size);
    return out;
  },
  fromHalves(halves, shape) {
    const out = uninitialised(shape, 'float32');
    kernels<Kernels>().fromHalves(addressOf(halves), addressOf(out), tf.util.sizeFromShape([...shape]));
    return out;
  },
};
