/** Adds up how far several files are, and tells it about ten times a second. */
import type { KeepProgress } from '../../../workers/protocol';

const pauseMs = 100;

export class Meter {
  readonly #tell: (progress: KeepProgress) => void;
  readonly #loaded = new Map<string, number>();
  #of = 0;
  #done = 0;
  #told = -Infinity;

  constructor(tell: (progress: KeepProgress) => void) {
    this.#tell = tell;
  }

  /** Bytes of all files together. */
  expect(of: number): void {
    this.#of = of;
  }

  /** A file is `loaded` of its `total` bytes far. The last piece of all is told whenever it comes. */
  moved(file: string, loaded: number, total: number): void {
    this.#done += loaded - (this.#loaded.get(file) ?? 0);
    this.#loaded.set(file, loaded);
    const now = performance.now();
    if (now - this.#told < pauseMs && this.#done !== this.#of) return;
    this.#told = now;
    this.#tell({ file, loaded, total, done: this.#done, of: this.#of });
  }
}
