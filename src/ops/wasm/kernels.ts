/**
 * All WASM kernels of ours, one module bound to the backend's memory. They are written in AssemblyScript, `kernel.as.ts` in
 * the folder of each op, and assembled by `scripts/build-kernels.ts`. It knows no operation.
 */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { allocate, bytesOf, memoryOf, wasmBackend } from '../wasm-heap';
import { instantiate } from './instance';
import oneThread from './kernels.wasm?url&inline';
import shared from './kernels-shared.wasm?url&inline';
import relaxed from './kernels-relaxed.wasm?url&inline';
import relaxedShared from './kernels-relaxed-shared.wasm?url&inline';

/** A module and its instance on this thread. */
interface Bound {
  module: WebAssembly.Module;
  exports: object;
}

const bound = new WeakMap<BackendWasm, Bound>();

/** The kernels as `Kernels`, which names those of one op with their types. Binding takes about a millisecond, once. */
export function kernels<Kernels extends object>(): Kernels {
  return boundTo(wasmBackend()).exports as Kernels;
}

/** The module that {@link kernels} are of, for other threads to instantiate on the same memory. */
export function kernelModule(): WebAssembly.Module {
  return boundTo(wasmBackend()).module;
}

/** The module for this memory, with fused multiply-add where the browser has it. */
export function moduleFor({ buffer }: WebAssembly.Memory): WebAssembly.Module {
  const isShared = typeof SharedArrayBuffer !== 'undefined' && buffer instanceof SharedArrayBuffer;
  const best = bytesOf(isShared ? relaxedShared : relaxed);
  return new WebAssembly.Module(WebAssembly.validate(best) ? best : bytesOf(isShared ? shared : oneThread));
}

function boundTo(backend: BackendWasm): Bound {
  const known = bound.get(backend);
  if (known) return known;
  const memory = memoryOf(backend);
  const module = moduleFor(memory);
  const fresh = { module, exports: instantiate(module, memory, allocate) };
  bound.set(backend, fresh);
  return fresh;
}
