/** The thread that is measured: it opens one implementation on a fresh device and does one thing with it. Its reader is `page.ts`. */
import { measureCase, measureProduct } from '../../../src/bench/in-thread';
import * as Comlink from 'comlink';
import type { Open } from '../../../src/bench/contender';
import type { Measured, ProductOn } from '../../../src/bench/measure';
import type { ModelMeasured, Peaks } from '../../../src/bench/models/measured';
import type { ModelCase } from '../../../src/bench/models/work';
import type { Case } from '../../../src/bench/row';
import type { Backend, Implementation } from '../../../src/bench/work';

const openers: Record<Implementation, () => Promise<{ open: Open }>> = {
  ours: () => import('../../../src/bench/ours'),
  stock: () => import('../../../src/bench/stock'),
  nanogpt: () => import('../peers/nanogpt'),
  'jax-js': () => import('../peers/jax-js'),
  'transformers.js': () => import('../peers/transformers'),
};

const worker = {
  async measure(of: Case, steps: number): Promise<Measured> {
    const { open } = await openers[of.implementation]();
    return await measureCase(open, of, steps);
  },
  /** Floating point operations a second, and what they were done on. */
  async product(implementation: Implementation, backend: Backend, on: ProductOn): Promise<{ rate: number; device: string }> {
    const { open } = await openers[implementation]();
    return await measureProduct(open, backend, on);
  },
  /** @param served address of the folder that the bundled models and data sets are served from */
  async model(of: ModelCase, steps: number, served: string): Promise<ModelMeasured> {
    return await (await import('../../../src/bench/models/in-thread')).measureModel(of, steps, served);
  },
  async peaks(of: ModelCase, on: ProductOn): Promise<Peaks> {
    return await (await import('../../../src/bench/models/in-thread')).measurePeaks(of, on);
  },
};

export type StepsWorker = typeof worker;

Comlink.expose(worker);
