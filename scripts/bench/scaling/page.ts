/** The page of the measurement: a thread of its own for each work and size, one after the other. `drive.ts` calls it. */
import { proxy, type Remote, wrap } from 'comlink';
import { inWords, requestAdapter } from '../../../src/device/webgpu';
import type { Backend } from '../../../src/bench/work';
import type { CpuClock } from './cpu';
import type { Step } from './sizes';
import type { ScalingWorker } from './worker';

const bench = {
  /** The adapter that WebGPU offers here; null where it offers none. */
  async adapter(): Promise<string | null> {
    const adapter = await requestAdapter();
    return adapter && inWords(adapter.info);
  },
  step: (step: Step, backend: Backend, tokens: number, repeats: number) => inThread((thread, cpu) => thread.step(step, backend, tokens, repeats, cpu)),
  decoding: (backend: Backend, cached: number, repeats: number) => inThread((thread) => thread.decoding(backend, cached, repeats)),
  pools: (records: number, repeats: number) => inThread((thread, cpu) => thread.pools(records, repeats, cpu)),
};

async function inThread<T>(work: (thread: Remote<ScalingWorker>, cpu: CpuClock) => Promise<T>): Promise<T> {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'measured' });
  const failed = new Promise<never>((_, reject) => {
    worker.addEventListener('error', ({ message }) => reject(new Error(`The thread failed: ${message}`)));
  });
  try {
    return await Promise.race([failed, work(wrap<ScalingWorker>(worker), proxy(() => window.cpuSeconds()))]);
  } finally {
    worker.terminate();
  }
}

export type ScalingBench = typeof bench;

declare global {
  interface Window {
    scalingBench: ScalingBench;
    /** Put there by `drive.ts`. */
    cpuSeconds: CpuClock;
  }
}

window.scalingBench = bench;
