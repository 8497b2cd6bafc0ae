/** Measuring one case in a thread or process that has just begun and does nothing else. It has to be the first that it imports. */
import { odometer } from '../instruments';
import type { Contender } from '../contender';
import { productRate, type ProductOn } from '../measure';
import { open } from '../ours';
import { memoryBytes } from '../wasm-memory';
import { copyRate } from './copy';
import type { ModelMeasured, Peaks } from './measured';
import { measureSmolLm2 } from './smollm2';
import { useThreads } from '../../ops/wasm/threads';
import type { ModelCase } from './work';

/**
 * @param steps that count
 * @param served see {@link measureStudent}
 */
export async function measureModel(of: ModelCase, steps: number, served: string): Promise<ModelMeasured> {
  const { threads } = await opened(of);
  const measured = of.work === 'tune student'
    ? await (await import('./student')).measureStudent(served, steps, odometer) : await measureSmolLm2(of, steps, odometer);
  return of.backend === 'wasm' ? { ...measured, threads, peakBytes: memoryBytes() } : measured;
}

/** Calls of a product among which the best is looked for: what else a machine does makes any one of them too slow. */
const calls = 15;

export async function measurePeaks(of: ModelCase, on: ProductOn): Promise<Peaks> {
  const { contender } = await opened(of);
  return { device: contender.device, product: await productRate(contender, on, calls), copy: await copyRate(on) };
}

/** The device, and on WASM the threads that came up: as many as are wanted or the machine has, and at most those that kernels use. */
async function opened({ backend, threads = navigator.hardwareConcurrency }: ModelCase): Promise<{ contender: Contender; threads?: number }> {
  const contender = await open(backend);
  return backend === 'wasm' ? { contender, threads: await useThreads(threads) } : { contender };
}
