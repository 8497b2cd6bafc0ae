/** How many steps count where nothing is said: a training step of 135 million weights takes a CPU many seconds. */
import type { ProductOn } from '../measure';
import type { ModelWork } from './work';

export function modelPatience(work: ModelWork, on: ProductOn): number {
  if (on === 'hardware') return 30;
  if (work === 'train smollm2' || work === 'adapt smollm2') return 1;
  return on === 'software' ? 3 : 20;
}
