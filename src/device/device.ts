/**
 * Picks the device that this thread computes on and owns it: WebGPU on a hardware adapter, else WASM. One thread has
 * one device. It knows no model.
 */
import { ComdError } from '../errors';
import type { Settings } from '../settings';
import { openWasm, threadsFor } from './wasm';
import { inWords, isSoftware, openWebGpu, requestAdapter } from './webgpu';

export interface Device {
  backend: 'webgpu' | 'wasm';
  /** Adapter or CPU in words. */
  adapter: string;
  /** Threads that kernels on the CPU may run on; 1 on a GPU. */
  threads: number;
  /** Why this backend and not the other. */
  why: string;
  /**
   * Throws `device/lost` or `device/limit` once the device has failed. Operations go on without a sign after that,
   * with garbage for results: ask before a result is trusted.
   */
  check(): void;
}

/**
 * Throws `device/no-adapter` where WebGPU is asked for and there is no adapter.
 * @param models how many share this machine: two that take turns on the same processors are slower than each on its own
 */
export async function openDevice(choice: Settings['backend'], models = 1): Promise<Device> {
  if (choice === 'wasm') return await onWasm('WASM was asked for.', models);
  const adapter = await requestAdapter();
  if (choice === 'webgpu') {
    if (!adapter) throw noAdapter();
    return await onWebGpu(adapter, 'WebGPU was asked for.');
  }
  if (!adapter) return await onWasm('This browser offers no WebGPU adapter.', models);
  if (isSoftware(adapter)) return await onWasm(`The only WebGPU adapter is a software one (${inWords(adapter.info)}), which WASM outruns.`, models);
  return await onWebGpu(adapter, 'There is a hardware WebGPU adapter.');
}

async function onWasm(why: string, models: number): Promise<Device> {
  const threads = threadsFor(models);
  return { backend: 'wasm', adapter: await openWasm(threads), threads, why, check: () => undefined };
}

async function onWebGpu(adapter: GPUAdapter, why: string): Promise<Device> {
  let failure: ComdError | undefined;
  await openWebGpu(adapter, (error) => { failure ??= error; });
  return {
    backend: 'webgpu', adapter: inWords(adapter.info), threads: 1, why,
    check() {
      if (failure) throw failure;
    },
  };
}

function noAdapter(): ComdError {
  return new ComdError('device/no-adapter', 'WebGPU was asked for, but this browser offers no adapter.',
    'Choose the backend "auto" or "wasm", or use a browser with WebGPU on a machine with a graphics adapter.');
}
