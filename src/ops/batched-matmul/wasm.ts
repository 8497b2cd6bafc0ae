/**
 * The product of batches on the WASM backend, by a SIMD kernel of ours (`kernel.wat`) that works in the backend's own
 * memory. The stock kernel multiplies single matrices by XNNPACK but batches by a plain loop, some ten times slower.
 * Imported for its effect; other backends are left as they are.
 */
import * as tf from '@tensorflow/tfjs';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-backend-wasm';
import oneThread from './kernel.wasm?url&inline';
import shared from './kernel-shared.wasm?url&inline';

/** Addresses, then batch, m, k, n. */
type Kernel = (a: number, b: number, c: number, batch: number, m: number, k: number, n: number) => void;

/** What Emscripten leaves on its module: the memory's place depends on whether threads share it. */
interface Memories {
  wasmMemory?: WebAssembly.Memory;
  asm: { memory: WebAssembly.Memory };
}

/** The kernel's tiles are this wide. */
const TILE = 8;

const stock = tf.getKernel('BatchMatMul', 'wasm');
const kernels = new WeakMap<BackendWasm, Kernel>();

tf.unregisterKernel('BatchMatMul', 'wasm');
tf.registerKernel({
  ...stock,
  kernelFunc: (call) => {
    const { a, b } = call.inputs as { a: tf.TensorInfo; b: tf.TensorInfo };
    const { transposeA, transposeB } = call.attrs as { transposeA: boolean; transposeB: boolean };
    const fits = !transposeA && !transposeB && isBatchOf(a, b) && (b.shape.at(-1) as number) >= TILE;
    return fits ? multiply(call.backend as BackendWasm, a, b) : stock.kernelFunc(call);
  },
});

/** Whether both are batches of one and the same shape, with more than one matrix in them and none empty. */
function isBatchOf({ shape: a }: tf.TensorInfo, { shape: b }: tf.TensorInfo): boolean {
  const [batchA, batchB] = [a.slice(0, -2), b.slice(0, -2)];
  return batchA.join() === batchB.join() && tf.util.sizeFromShape(batchA) > 1 && !a.includes(0);
}

function multiply(backend: BackendWasm, a: tf.TensorInfo, b: tf.TensorInfo): tf.TensorInfo {
  const [m, k] = a.shape.slice(-2) as [number, number];
  const n = b.shape.at(-1) as number;
  const batch = a.shape.slice(0, -2);
  const out = backend.makeOutput([...batch, m, n], 'float32');
  const at = (tensor: tf.TensorInfo) => backend.getMemoryOffset(tensor.dataId);
  kernelOf(backend)(at(a), at(b), at(out), tf.util.sizeFromShape(batch), m, k, n);
  return out;
}

/** The kernel bound to a backend's memory; compiled on the first call, which takes well under a millisecond. */
function kernelOf(backend: BackendWasm): Kernel {
  const known = kernels.get(backend);
  if (known) return known;
  const { wasmMemory, asm } = backend.wasm as unknown as Memories;
  const memory = wasmMemory ?? asm.memory;
  const isShared = typeof SharedArrayBuffer !== 'undefined' && memory.buffer instanceof SharedArrayBuffer;
  const module = new WebAssembly.Module(bytesOf(isShared ? shared : oneThread));
  const kernel = new WebAssembly.Instance(module, { tfjs: { memory } }).exports['batchedMatMul'] as Kernel;
  kernels.set(backend, kernel);
  return kernel;
}

function bytesOf(dataUrl: string): Uint8Array<ArrayBuffer> {
  const text = atob(dataUrl.slice(dataUrl.indexOf(',') + 1));
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}
