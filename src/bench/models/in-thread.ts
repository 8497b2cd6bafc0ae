/** Measuring one case in a thread or process that has just begun and does nothing else. It has to be the first that it imports. */
import { odometer } from '../instruments';
import { productRate, type ProductOn } from '../measure';
import { open } from '../ours';
import { memoryBytes } from '../wasm-memory';
import type { ModelMeasured, Peaks } from './measured';
import { measureSmolLm2 } from './smollm2';
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

/** How often the most is looked for: what else a machine does makes any one try too low. */
const tries = 5;

export async function measurePeaks(of: ModelCase, on: ProductOn): Promise<Peaks> {
  const { contender } = await opened(of);
  const { copyRate } = await import('./copy');
  const copy = await copyRate(on);
  let product = 0;
  for (let i = 0; i < tries; i++) product = Math.max(product, await productRate(contender, on));
  return { device: contender.device, product, copy };
}

/** The device, with as many threads as are wanted where they are ours to choose. */
async function opened({ backend, threads = navigator.hardwareConcurrency }: ModelCase): Promise<{ contender: Awaited<ReturnType<typeof open>>; threads?: number }> {
  if (backend === 'webgpu') return { contender: await open('webgpu') };
  const { threadsUp, wantThreads } = await import('./threads');
  wantThreads(threads);
  const contender = await open('wasm');
  return { contender, threads: await threadsUp(Math.min(threads, 8)) };
}
