/**
 * One job at a time for several threads: a few words in memory that they share. A job is a kernel and the arguments of each
 * of its parts; which thread takes which part makes no difference. Helpers load this file: it knows no backend and no pool.
 *
 * Nobody waits for ever:
 * - Who posts a job takes parts as helpers do, until none is left, so a job is done even if no helper ever wakes.
 * - After that it waits for parts that helpers have taken and not finished. A kernel takes no lock and waits for nothing, and a
 *   part counts as finished even if its kernel fails.
 * - No call to wake is lost: who goes to sleep names the value that a word had before it looked for work, and does not fall
 *   asleep if the word has changed since.
 * - A helper that comes late is harmless. A part is taken by one atomic subtraction from what is left: above 0 there is a part
 *   of the present job to take, whose arguments were written before; from 0 down there is nothing, and the next job starts over.
 */
import type { Kernel } from './instance';

/** Words of the block: a sleeping place for helpers, parts to take, parts to finish, and so on. */
const TURN = 0, LEFT = 1, UNFINISHED = 2, KERNEL = 3, VALUES = 4, READY = 5, ADMITTED = 6, FAILED = 7;
const WORDS = 8;

export const MOST_PARTS = 32;
/** Arguments of a kernel. */
const MOST_VALUES = 32;

/** How often a thread looks before it sleeps: some tens of microseconds, about what lies between two kernels of a step. Waking takes longer. */
const LOOKS = 20_000;

export class Job {
  static readonly bytes = 4 * WORDS + 8 * MOST_PARTS * MOST_VALUES;
  readonly #words: Int32Array;
  readonly #values: Float64Array;

  /** @param address a multiple of 8 */
  constructor(memory: ArrayBufferLike, address: number) {
    this.#words = new Int32Array(memory, address, WORDS);
    this.#values = new Float64Array(memory, address + 4 * WORDS, MOST_PARTS * MOST_VALUES);
  }

  /** Before any helper knows of it. */
  clear(): void {
    this.#words.fill(0);
  }

  /** Helpers that have come up. */
  get ready(): number {
    return Atomics.load(this.#words, READY);
  }

  /** Helpers from this number on sleep through all jobs. */
  admit(helpers: number): void {
    Atomics.store(this.#words, ADMITTED, helpers);
  }

  /**
   * Runs all parts of a kernel, with the helpers that are there. Not for a page's main thread, which may not sleep.
   * @param kernels every thread's in the same order
   * @param parts arguments
   */
  run(kernels: readonly Kernel[], kernel: number, parts: readonly (readonly number[])[]): void {
    this.#post(kernel, parts);
    this.#takeParts(kernels);
    let unfinished = Atomics.load(this.#words, UNFINISHED);
    for (let look = 0; unfinished > 0; look++) {
      if (look >= LOOKS) Atomics.wait(this.#words, UNFINISHED, unfinished);
      unfinished = Atomics.load(this.#words, UNFINISHED);
    }
    if (Atomics.exchange(this.#words, FAILED, 0) !== 0) throw new Error('A WASM kernel has failed on one of its threads.');
  }

  /** What a helper does with its life. */
  serve(kernels: readonly Kernel[], helper: number): never {
    Atomics.add(this.#words, READY, 1);
    for (;;) {
      const turn = Atomics.load(this.#words, TURN);
      if (helper < Atomics.load(this.#words, ADMITTED)) this.#takeParts(kernels);
      for (let look = 0; look < LOOKS && Atomics.load(this.#words, TURN) === turn; look++);
      Atomics.wait(this.#words, TURN, turn);
    }
  }

  #post(kernel: number, parts: readonly (readonly number[])[]): void {
    const words = this.#words;
    words[KERNEL] = kernel;
    words[VALUES] = parts[0]?.length ?? 0;
    parts.forEach((values, part) => this.#values.set(values, part * MOST_VALUES));
    Atomics.store(words, UNFINISHED, parts.length);
    // From here on parts may be taken.
    Atomics.store(words, LEFT, parts.length);
    Atomics.add(words, TURN, 1);
    Atomics.notify(words, TURN);
  }

  #takeParts(kernels: readonly Kernel[]): void {
    const words = this.#words;
    for (let left = Atomics.sub(words, LEFT, 1); left > 0; left = Atomics.sub(words, LEFT, 1)) {
      try {
        const first = (left - 1) * MOST_VALUES;
        (kernels[words[KERNEL] as number] as Kernel)(...this.#values.subarray(first, first + (words[VALUES] as number)));
      } catch {
        Atomics.store(words, FAILED, 1);
      }
      if (Atomics.sub(words, UNFINISHED, 1) === 1) Atomics.notify(words, UNFINISHED);
    }
  }
}
