/** Measuring in a browser's thread that has just begun and does nothing else. It has to be the first that the thread imports. */
import { odometer } from './instruments';
import type { Open } from './contender';
import { measure, productRate, type Measured, type ProductOn } from './measure';
import type { Case } from './row';
import { memoryBytes } from './wasm-memory';
import type { Backend } from './work';

/** @param steps that count */
export async function measureCase(open: Open, { backend, task, architecture }: Case, steps: number): Promise<Measured> {
  const measured = await measure(await open(backend), task, architecture, steps, odometer);
  return backend === 'wasm' ? { ...measured, peakBytes: memoryBytes() } : measured;
}

/** Floating point operations a second of a large product, and what it was done on. */
export async function measureProduct(open: Open, backend: Backend, on: ProductOn): Promise<{ rate: number; device: string }> {
  const contender = await open(backend);
  return { rate: await productRate(contender, on), device: contender.device };
}
