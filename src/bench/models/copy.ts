/** How fast a device copies memory: bytes read and bytes written, each counted, a second. Decoding is bound by it. */
import * as tf from '@tensorflow/tfjs';
import { discard, dispatch, uninitialised, webGpuBackend } from '../../ops/webgpu-pass';
import type { ProductOn } from '../measure';
import code from './copy.wgsl?raw';

/** Bytes of a copy, and how many are made before anything is waited for. */
const copies = { wasm: { bytes: 2 ** 26, times: 4 }, software: { bytes: 2 ** 24, times: 4 }, hardware: { bytes: 2 ** 28, times: 64 } } as const;

/** Cells of four numbers that a workgroup copies, as `copy.wgsl` has it. */
const cellsOfGroup = 1024;

/** The best of three calls, on the device that is open. */
export async function copyRate(on: ProductOn): Promise<number> {
  const { bytes, times } = copies[on];
  const copy = on === 'wasm' ? copyOnWasm(bytes, times) : copyOnWebGpu(bytes, times);
  await copy();
  let best = Infinity;
  for (let i = 0; i < 3; i++) {
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
    // Reading a few numbers of their own waits for all that was recorded before.
    const marker = tf.zeros([1]);
    dispatch({ label: 'copy', code, entryPoint: 'copy' }, [from, marker], [0], [1, 1]);
    await marker.data();
    marker.dispose();
  };
}
