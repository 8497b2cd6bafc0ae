/** What every implementation is asked to do, behind one interface, so that all are measured by the same lines. */
import type { Architecture, Backend, TokenBatch } from './work';

/** One implementation, ready on one backend. Every model has random weights of its own. */
export interface Contender {
  /** What it runs on, in words. */
  device: string;
  /** A model with an optimizer: each call uploads a batch, updates once, and reads back the loss before the update. */
  trainer(architecture: Architecture): Promise<(batch: TokenBatch) => Promise<number>>;
  /** A model that has gone through the prompt: each call puts in the likeliest token so far and reads back the next. */
  decoder(architecture: Architecture): Promise<() => Promise<number>>;
  /** Two square matrices of this size: each call multiplies them so many times, in the implementation's own way, and waits for the end. */
  product(size: number, times: number): Promise<() => Promise<void>>;
}

/** Opens the device afresh. Its thread has just begun. */
export type Open = (backend: Backend) => Promise<Contender>;
