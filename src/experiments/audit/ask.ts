/** Many items put to a model in batches of the size of a run's, with word of how far it is. */
import { answersPerBatch, inBatches } from '../../comd/batches';

/** What is audited. */
export type Stage = 'answers' | 'marks' | 'instructions';
/** Hears how many items of a stage are done. */
export type Tell = (stage: Stage, done: number, of: number) => void;

/** What `ask` gives for each item, in order. `told` hears after every batch how many were done in it. */
export async function askAll<T, R>(items: readonly T[], ask: (batch: T[]) => Promise<R[]>, told: (done: number) => void): Promise<R[]> {
  const all: R[] = [];
  for (const batch of inBatches(items, answersPerBatch)) {
    all.push(...await ask(batch));
    told(batch.length);
  }
  return all;
}
