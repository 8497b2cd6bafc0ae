/** How much is measured where: what takes milliseconds on a GPU takes a software adapter many seconds. */
import type { ProductOn } from './measure';
import type { Backend, Task } from './work';

/** @param software whether WebGPU is the CPU in disguise here */
export function kindOf(backend: Backend, software: boolean): ProductOn {
  if (backend === 'wasm') return 'wasm';
  return software ? 'software' : 'hardware';
}

/** Steps that count. A training step of stock operations takes up to twenty seconds on a software adapter. */
export function patience(task: Task, on: ProductOn): number {
  if (on === 'hardware') return 30;
  return task === 'train' && on === 'software' ? 3 : 10;
}
