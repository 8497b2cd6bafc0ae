/** The thread that is measured: it does one work of one size. Its reader is `page.ts`. */
import { odometer } from '../../../src/bench/instruments';
import * as Comlink from 'comlink';
import type { Backend } from '../../../src/bench/work';
import type { CpuClock } from './cpu';
import type { PoolsRow, TokensRow } from './row';
import type { Step } from './sizes';

const worker = {
  async step(step: Step, backend: Backend, tokens: number, repeats: number, cpu: CpuClock): Promise<TokensRow> {
    return await (await import('./tokens')).measureStep(step, backend, tokens, repeats, odometer, cpu);
  },
  async decoding(backend: Backend, cached: number, repeats: number): Promise<TokensRow> {
    return await (await import('./tokens')).measureDecoding(backend, cached, repeats, odometer);
  },
  async pools(records: number, repeats: number, cpu: CpuClock): Promise<PoolsRow[]> {
    return await (await import('./pools')).measurePools(records, repeats, cpu);
  },
};

export type ScalingWorker = typeof worker;

Comlink.expose(worker);
