/** The CPU as a device: TensorFlow.js' WASM backend with SIMD, and with threads under cross-origin isolation. */
import * as tf from '@tensorflow/tfjs';
import { getThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { ComdError } from '../errors';
import { wasmFiles } from './wasm-files';

/** Makes the backend the current one and says in words what it runs on. */
export async function openWasm(): Promise<string> {
  // The binaries' addresses are relative to the page, and the backend resolves them from a thread of its own.
  setWasmPaths(Object.fromEntries(Object.entries(wasmFiles).map(([name, file]) => [name, new URL(file, location.href).href])));
  if (!await tf.setBackend('wasm')) {
    throw new ComdError('device/no-adapter', 'The WASM backend does not start in this browser.',
      'Use a browser with WebAssembly, and serve the app with all its .wasm files.');
  }
  const simd = await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT') ? 'SIMD' : 'no SIMD';
  const threads = getThreadsCount();
  return `CPU, ${simd}, ${threads} thread${threads === 1 ? '' : 's'} of ${navigator.hardwareConcurrency} cores`;
}
