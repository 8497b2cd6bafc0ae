/**
 * The CPU as a device: TensorFlow.js' WASM backend with SIMD, and under cross-origin isolation on a memory that threads share.
 * The backend's own kernels run on one thread whatever it is told; ours run on several (`ops/wasm/threads.ts`).
 */
import * as tf from '@tensorflow/tfjs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { ComdError } from '../errors';
import { wasmFiles } from './wasm-files';

/** Threads that kernels may run on where so many models share the processors; without isolation there is one. */
export function threadsFor(models: number): number {
  return self.crossOriginIsolated ? Math.max(1, Math.floor(navigator.hardwareConcurrency / models)) : 1;
}

/** Makes the backend the current one and says in words what it runs on. @param threads that kernels will be given */
export async function openWasm(threads = threadsFor(1)): Promise<string> {
  // The binaries' addresses are relative to the page, and the backend resolves them from a thread of its own.
  setWasmPaths(Object.fromEntries(Object.entries(wasmFiles).map(([name, file]) => [name, new URL(file, location.href).href])));
  if (!await tf.setBackend('wasm')) {
    throw new ComdError('device/no-adapter', 'The WASM backend does not start in this browser.',
      'Use a browser with WebAssembly, and serve the app with all its .wasm files.');
  }
  const simd = await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT') ? 'SIMD' : 'no SIMD';
  return `CPU, ${simd}, ${threads} thread${threads === 1 ? '' : 's'} of ${navigator.hardwareConcurrency} cores`;
}
