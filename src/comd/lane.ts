/**
 * One model's turn-taking: what is asked of it runs in the order asked, one job at a time, while the other model's lane
 * goes on beside it. A job may await a job of the other lane; that is how the two models wait for each other.
 */
import type { Gate } from './gate';

export class Lane {
  readonly #gate: Gate;
  #tail: Promise<unknown> = Promise.resolve();

  constructor(gate: Gate) {
    this.#gate = gate;
  }

  /** Runs `job` after all that was asked before; a failure closes the gate for both lanes. */
  run<T>(job: () => Promise<T>): Promise<T> {
    const mine = this.#tail.then(() => this.#guarded(job));
    // Whoever asked hears of a failure; the next job only needs to know that this one is over.
    this.#tail = mine.catch(() => undefined);
    return mine;
  }

  async #guarded<T>(job: () => Promise<T>): Promise<T> {
    await this.#gate.pass();
    try {
      return await job();
    } catch (error) {
      this.#gate.close(error);
      throw error;
    }
  }
}

/** What all jobs come to, once every one of them is over; throws the error that ended the first to fail. */
export async function together<T extends readonly unknown[]>(gate: Gate, jobs: { [K in keyof T]: Promise<T[K]> }): Promise<T> {
  const ends = await Promise.allSettled(jobs);
  if (ends.some((end) => end.status === 'rejected')) await gate.pass();
  return Promise.all(jobs) as Promise<unknown> as Promise<T>;
}
