/** The page of the measurement: a thread of its own for each work and size, one after the other. `drive.ts` calls it. */
import { type Remote, wrap } from 'comlink';
import { inWords, requestAdapter } from '../../../src/device/webgpu';
import type { ScalingWorker } from './worker';

const bench = {
  /** The adapter that WebGPU offers here; null where it offers none. */
  async adapter(): Promise<string | null> {
    const adapter = await requestAdapter();
    return adapter && inWords(adapter.info);
  },
  step: (...input: Parameters<ScalingWorker['step']>) => inThread((thread) => thread.step(...input)),
  decoding: (...input: Parameters<ScalingWorker['decoding']>) => inThread((thread) => thread.decoding(...input)),
  pools: (...input: Parameters<ScalingWorker['pools']>) => inThread((thread) => thread.pools(...input)),
};

async function inThread<T>(work: (thread: Remote<ScalingWorker>) => Promise<T>): Promise<T> {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'measured' });
  const failed = new Promise<never>((_, reject) => {
    worker.addEventListener('error', ({ message }) => reject(new Error(`The thread failed: ${message}`)));
  });
  try {
    return await Promise.race([failed, work(wrap<ScalingWorker>(worker))]);
  } finally {
    worker.terminate();
  }
}

export type ScalingBench = typeof bench;

declare global {
  interface Window {
    scalingBench: ScalingBench;
  }
}

window.scalingBench = bench;
