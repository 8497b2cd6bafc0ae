/**
 * The product of batches on the WASM backend, by a SIMD kernel of ours (`kernel.wat`) that works in the backend's own
 * memory. The stock kernel multiplies single matrices by XNNPACK but batches by a plain loop, some ten times slower.
 * Imported for its effect; other backends are left as they are.
 */
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { addressOf, boundKernels, uninitialised } from '../wasm-heap';
import oneThread from './kernel.wasm?url&inline';
import shared from './kernel-shared.wasm?url&inline';

interface Kernels {
  /** Addresses, then batch, m, k, n. */
  batchedMatMul(a: number, b: number, c: number, batch: number, m: number, k: number, n: number): void;
}

/** The kernel's tiles are this wide. */
const TILE = 8;

const stock = tf.getKernel('BatchMatMul', 'wasm');
const kernels = boundKernels<Kernels>(oneThread, shared);

tf.unregisterKernel('BatchMatMul', 'wasm');
tf.registerKernel({
  ...stock,
  kernelFunc: (call) => {
    const { a, b } = call.inputs as { a: tf.TensorInfo; b: tf.TensorInfo };
    const { transposeA, transposeB } = call.attrs as { transposeA: boolean; transposeB: boolean };
    const fits = !transposeA && !transposeB && isBatchOf(a, b) && (b.shape.at(-1) as number) >= TILE;
    return fits ? multiply(a, b) : stock.kernelFunc(call);
  },
});

/** Whether both are batches of one and the same shape, with more than one matrix in them and none empty. */
function isBatchOf({ shape: a }: tf.TensorInfo, { shape: b }: tf.TensorInfo): boolean {
  const [batchA, batchB] = [a.slice(0, -2), b.slice(0, -2)];
  return batchA.join() === batchB.join() && tf.util.sizeFromShape(batchA) > 1 && !a.includes(0);
}

function multiply(a: tf.TensorInfo, b: tf.TensorInfo): tf.TensorInfo {
  const [m, k] = a.shape.slice(-2) as [number, number];
  const n = b.shape.at(-1) as number;
  const batch = a.shape.slice(0, -2);
  const out = uninitialised([...batch, m, n], 'float32');
  kernels().batchedMatMul(addressOf(a), addressOf(b), addressOf(out), tf.util.sizeFromShape(batch), m, k, n);
  return out;
}
