/** The page of the measurement: a thread of its own for each, one after the other. `drive.ts` calls it. */
import { type Remote, wrap } from 'comlink';
import { inWords, isSoftware, requestAdapter } from '../../../src/device/webgpu';
import type { ModelCase } from '../../../src/bench/models/work';
import type { StepsWorker } from './worker';

const bench = {
  /** The adapter that WebGPU offers here; null where it offers none. */
  async adapter(): Promise<{ name: string; software: boolean } | null> {
    const adapter = await requestAdapter();
    return adapter && { name: inWords(adapter.info), software: isSoftware(adapter) };
  },
  measure: (...input: Parameters<StepsWorker['measure']>) => inThread((thread) => thread.measure(...input)),
  product: (...input: Parameters<StepsWorker['product']>) => inThread((thread) => thread.product(...input)),
  model: (of: ModelCase, steps: number) => inThread((thread) => thread.model(of, steps, new URL('.', document.baseURI).href)),
  peaks: (...input: Parameters<StepsWorker['peaks']>) => inThread((thread) => thread.peaks(...input)),
};

async function inThread<T>(work: (thread: Remote<StepsWorker>) => Promise<T>): Promise<T> {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'measured' });
  const failed = new Promise<never>((_, reject) => {
    // One that cannot even be loaded says nothing.
    worker.addEventListener('error', ({ message = 'it could not be loaded' }) => reject(new Error(`The thread failed: ${message}`)));
  });
  try {
    return await Promise.race([failed, work(wrap<StepsWorker>(worker))]);
  } finally {
    worker.terminate();
  }
}

export type StepsBench = typeof bench;

declare global {
  interface Window {
    stepsBench: StepsBench;
  }
}

window.stepsBench = bench;
