/**
 * All WASM kernels of ours, one module bound to the backend's memory. They are written in AssemblyScript, `kernel.as.ts` in
 * the folder of each op, and assembled by `scripts/build-kernels.ts`. It knows no operation.
 */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { bytesOf, memoryOf, wasmBackend } from '../wasm-heap';
import oneThread from './kernels.wasm?url&inline';
import shared from './kernels-shared.wasm?url&inline';
import relaxed from './kernels-relaxed.wasm?url&inline';
import relaxedShared from './kernels-relaxed-shared.wasm?url&inline';

const bound = new WeakMap<BackendWasm, object>();

/** The kernels as `Kernels`, which names those of one op with their types. Binding takes about a millisecond, once. */
export function kernels<Kernels extends object>(): Kernels {
  const backend = wasmBackend();
  const known = bound.get(backend) ?? new WebAssembly.Instance(moduleFor(memoryOf(backend)), { env: { memory: memoryOf(backend) } }).exports;
  bound.set(backend, known);
  return known as Kernels;
}

/** The module for this memory, with fused multiply-add where the browser has it. */
export function moduleFor({ buffer }: WebAssembly.Memory): WebAssembly.Module {
  const isShared = typeof SharedArrayBuffer !== 'undefined' && buffer instanceof SharedArrayBuffer;
  const best = bytesOf(isShared ? relaxedShared : relaxed);
  return new WebAssembly.Module(WebAssembly.validate(best) ? best : bytesOf(isShared ? shared : oneThread));
}
