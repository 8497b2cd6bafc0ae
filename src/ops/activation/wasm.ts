/** Activations on the WASM backend, by the kernels in `kernel.as.ts`. */
import type * as tf from '@tensorflow/tfjs';
import { addressOf, uninitialised } from '../wasm-heap';
import { inParallel } from '../wasm/threads';
import type { ActivationKernels, ActivationName } from './kernels';

/** Numbers that are worth a part of their own, at 2 to 4 ns each. */
const ENOUGH = 1 << 14;
/** Numbers that no two threads share a cache line of. */
const LINE = 16;

/** The numbers that the kernel knows them by. */
const kinds: Record<ActivationName, number> = { gelu: 0, gelu_pytorch_tanh: 1, gelu_new: 1, quick_gelu: 2, relu: 3 };

export const onWasm: ActivationKernels = {
  swiglu(gates) {
    const [rows, width] = outputShape(gates);
    const out = uninitialised([rows, width], 'float32');
    byRows('swiglu', rows, width, [gates, out].map(addressOf));
    return out;
  },

  swigluBack(dy, gates) {
    const [rows, width] = outputShape(gates);
    const dGates = uninitialised(gates.shape, 'float32');
    byRows('swigluBack', rows, width, [dy, gates, dGates].map(addressOf));
    return dGates;
  },

  activate(name, x) {
    const y = uninitialised(x.shape, 'float32');
    byNumbers('activate', sizeOf(x), [kinds[name], ...[x, y].map(addressOf)]);
    return y;
  },

  activateBack(name, dy, x) {
    const dx = uninitialised(x.shape, 'float32');
    byNumbers('activateBack', sizeOf(x), [kinds[name], ...[dy, x, dx].map(addressOf)]);
    return dx;
  },
};

function byRows(kernel: string, rows: number, width: number, addresses: readonly number[]): void {
  inParallel(kernel, rows, Math.ceil(ENOUGH / width), (from, to) => [...addresses, width, from, to]);
}

/** @param values the kernel's arguments before the range of numbers */
function byNumbers(kernel: string, size: number, values: readonly number[]): void {
  inParallel(kernel, Math.ceil(size / LINE), ENOUGH / LINE, (from, to) => [...values, from * LINE, Math.min(to * LINE, size)]);
}

function outputShape(gates: tf.TensorInfo): [number, number] {
  const [rows, both] = gates.shape as [number, number];
  return [rows, both / 2];
}

function sizeOf(x: tf.TensorInfo): number {
  return x.shape.reduce((a, b) => a * b, 1);
}
