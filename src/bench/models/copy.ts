/** How fast a device copies memory: bytes read and bytes written, each counted, a second. Decoding is bound by it. */
import { dispatch, submit, uninitialised, webGpuBackend } from '../../ops/webgpu-pass';
import type { ProductOn } from '../measure';
import code from './copy.wgsl?raw';

/** Bytes of a copy, far more than caches hold where that is quick, and how many are made before anything is waited for. */
const copies = { wasm: { bytes: 2 ** 26, times: 4 }, software: { bytes: 2 ** 24, times: 4 }, hardware: { bytes: 2 ** 28, times: 64 } } as const;

/** Cells of four numbers that a workgroup copies, as `copy.wgsl` has it. */
const cellsOfGroup = 1024;

/** How often the most is looked for: what else a machine does makes any one try too low. */
const tries = 10;

/** The best of some tries, on the device that is open. To be called once: it does not give back what it copies. */
export async function copyRate(on: ProductOn): Promise<number> {
  const { bytes, times } = copies[on];
  const copy = on === 'wasm' ? copyOnWasm(bytes, times) : copyOnWebGpu(bytes, times);
  await copy();
  let best = Infinity;
  for (let i = 0; i < tries; i++) {
    const begin = performance.now();
    await copy();
    best = Math.min(best, performance.now() - begin);
  }
  return 2 * bytes * times / (best / 1000);
}

function copyOnWebGpu(bytes: number, times: number): () => Promise<void> {
  const cells = bytes / 16;
  const [from, to] = [uninitialised([bytes / 4], 'float32'), uninitialised([bytes / 4], 'float32')];
  const groups = Math.ceil(cells / cellsOfGroup);
  const along = Math.min(groups, webGpuBackend().device.limits.maxComputeWorkgroupsPerDimension);
  return async () => {
    for (let i = 0; i < times; i++) {
      dispatch({ label: 'copy', code, entryPoint: 'copy' }, [from, to], [cells], [along, Math.ceil(groups / along)]);
    }
    submit();
    await webGpuBackend().queue.onSubmittedWorkDone();
  };
}

/** Between the two halves of a memory of its own, in this thread. */
function copyOnWasm(bytes: number, times: number): () => Promise<void> {
  const { copy } = new WebAssembly.Instance(new WebAssembly.Module(copying(2 * bytes))).exports as { copy(to: number, from: number, bytes: number): void };
  return () => {
    for (let i = 0; i < times; i++) copy(bytes, 0, bytes);
    return Promise.resolve();
  };
}

/** A module that is nothing but `memory.copy` on a memory of so many bytes, a number of 14 to 21 bits when counted in pages. */
function copying(bytes: number): Uint8Array<ArrayBuffer> {
  const pages = bytes / 2 ** 16;
  return Uint8Array.of(
    0, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
    // One type: three 32-bit integers, no result. One function of it.
    1, 7, 1, 0x60, 3, 0x7f, 0x7f, 0x7f, 0, 3, 2, 1, 0,
    // One memory that begins with so many pages.
    5, 5, 1, 0, 0x80 | pages & 0x7f, 0x80 | pages >> 7 & 0x7f, pages >> 14,
    // The function is exported as "copy".
    7, 8, 1, 4, 0x63, 0x6f, 0x70, 0x79, 0, 0,
    // Its three arguments, memory.copy, end.
    10, 14, 1, 12, 0, 0x20, 0, 0x20, 1, 0x20, 2, 0xfc, 10, 0, 0, 11,
  );
}
