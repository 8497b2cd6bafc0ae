/**
 * The one seam to the inside of the WASM backend: its memory, in which tensors lie and kernels of ours work. It knows no
 * operation.
 */
import * as tf from '@tensorflow/tfjs';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { ComdError } from '../errors';

/** What Emscripten leaves on its module: the memory's place depends on whether threads share it. */
interface Inside {
  wasmMemory?: WebAssembly.Memory;
  asm: { memory: WebAssembly.Memory };
  /** A signed address; 0 where there is no memory left. */
  _malloc(bytes: number): number;
  _free(address: number): void;
}

/** A request from here on is negative to Emscripten's allocator, which then takes memory back instead of giving it. */
const LARGEST = 2 ** 31;

export function wasmBackend(): BackendWasm {
  return tf.backend() as BackendWasm;
}

/** The whole memory as bytes. Taken anew for each use: growth leaves old views behind. */
export function heap(): Uint8Array {
  return new Uint8Array(memoryOf(wasmBackend()).buffer);
}

/** Address of a tensor's numbers. */
export function addressOf(tensor: tf.TensorInfo): number {
  return wasmBackend().getMemoryOffset(tensor.dataId);
}

/** A tensor with whatever lay there before. Throws `device/limit`. */
export function uninitialised(shape: readonly number[], dtype: 'float32' | 'int32'): tf.TensorInfo {
  const bytes = 4 * tf.util.sizeFromShape([...shape]);
  if (bytes >= LARGEST) throw full(`a tensor [${shape.join(', ')}]`, bytes);
  const info = wasmBackend().makeOutput([...shape], dtype);
  if (bytes === 0 || addressOf(info) !== 0) return info;
  wasmBackend().disposeData(info.dataId);
  throw full(`a tensor [${shape.join(', ')}]`, bytes);
}

/** Memory that is no tensor's; give it back with {@link release}. Throws `device/limit`. */
export function allocate(bytes: number): number {
  const address = inside(wasmBackend())._malloc(bytes) >>> 0;
  if (address === 0) throw full('working memory', bytes);
  return address;
}

export function release(address: number): void {
  inside(wasmBackend())._free(address);
}

function full(what: string, bytes: number): ComdError {
  return new ComdError('device/limit', `The WASM backend has no room for ${what} of ${bytes} bytes: its memory ends at 4 GiB, a tensor at 2.`,
    'Keep the frozen weights packed (f16, int8 or int4), or use a smaller model.');
}

/** The backend's memory, whether threads share it or not. */
export function memoryOf(backend: BackendWasm): WebAssembly.Memory {
  const { wasmMemory, asm } = inside(backend);
  return wasmMemory ?? asm.memory;
}

function inside(backend: BackendWasm): Inside {
  return backend.wasm as unknown as Inside;
}

/** What a data URL holds. */
export function bytesOf(dataUrl: string): Uint8Array<ArrayBuffer> {
  const text = atob(dataUrl.slice(dataUrl.indexOf(',') + 1));
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}
