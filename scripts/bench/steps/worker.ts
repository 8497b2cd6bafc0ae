/** The thread that is measured: it opens one implementation on a fresh device and does one thing with it. Its reader is `page.ts`. */
import { odometer } from './instruments';
import * as Comlink from 'comlink';
import type { Open } from './contender';
import { measure, productRate, type Measured, type ProductOn } from './measure';
import { memoryBytes } from './wasm-memory';
import type { Case } from './row';
import type { Backend, Implementation } from './work';

const openers: Record<Implementation, () => Promise<{ open: Open }>> = {
  ours: () => import('./ours'),
  stock: () => import('./stock'),
  nanogpt: () => import('../peers/nanogpt'),
  'jax-js': () => import('../peers/jax-js'),
  'transformers.js': () => import('../peers/transformers'),
};

const worker = {
  async measure({ implementation, backend, task, architecture }: Case, steps: number): Promise<Measured> {
    const { open } = await openers[implementation]();
    const measured = await measure(await open(backend), task, architecture, steps, odometer);
    return backend === 'wasm' ? { ...measured, peakBytes: memoryBytes() } : measured;
  },
  /** Floating point operations a second, and what they were done on. */
  async product(implementation: Implementation, backend: Backend, on: ProductOn): Promise<{ rate: number; device: string }> {
    const { open } = await openers[implementation]();
    const contender = await open(backend);
    return { rate: await productRate(contender, on), device: contender.device };
  },
};

export type StepsWorker = typeof worker;

Comlink.expose(worker);
