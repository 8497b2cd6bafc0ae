/** The thread of one measurement on the speed screen. It measures what it is told, and knows no order of things. */
import { measureCase, measureProduct } from '../src/bench/in-thread';
import * as Comlink from 'comlink';
import type { Open } from '../src/bench/contender';
import type { ProductOn } from '../src/bench/measure';
import { kindOf, patience } from '../src/bench/patience';
import { rowOf } from '../src/bench/row';
import { inWords, isSoftware, requestAdapter } from '../src/device/webgpu';
import type { SpeedCase, SpeedThread } from './protocol';
import './transfer';

const openers: Record<SpeedCase['implementation'], () => Promise<{ open: Open }>> = {
  ours: () => import('../src/bench/ours'),
  stock: () => import('../src/bench/stock'),
};

async function deviceOf({ backend }: SpeedCase): Promise<ProductOn> {
  const adapter = backend === 'webgpu' ? await requestAdapter() : null;
  return kindOf(backend, adapter !== null && isSoftware(adapter));
}

const thread: SpeedThread = {
  async adapter() {
    const adapter = await requestAdapter();
    return adapter && { name: inWords(adapter.info), software: isSoftware(adapter) };
  },

  async product(of) {
    const { open } = await openers[of.implementation]();
    return await measureProduct(open, of.backend, await deviceOf(of));
  },

  async measure(of, matmulPeak, steps) {
    const { open } = await openers[of.implementation]();
    return rowOf(of, await measureCase(open, of, steps ?? patience(of.task, await deviceOf(of))), matmulPeak);
  },
};

Comlink.expose(thread);
