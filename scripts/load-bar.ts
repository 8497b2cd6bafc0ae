/** The bar that a terminal shows while files are loaded: all of them together, as one line that is rewritten. */
import { bytes } from '../src/app/format';
import type { Screen } from './progress';

/** A log that cannot rewrite a line gets one this often. */
const logEveryMs = 20_000;

export class LoadBar {
  readonly #screen: Screen;
  readonly #files = new Map<string, { loaded: number; total: number }>();
  #begun = performance.now();
  #open = false;
  #logged = performance.now();

  constructor(screen: Screen) {
    this.#screen = screen;
  }

  /** Stands while `load` is under way. The last words about the files may come after its end, or not at all. */
  async during<T>(load: () => Promise<T>): Promise<T> {
    this.#files.clear();
    this.#begun = performance.now();
    this.#open = true;
    try {
      const loaded = await load();
      for (const [file, { total }] of this.#files) this.move(file, total, total);
      return loaded;
    } finally {
      this.#end();
    }
  }

  /** A file has moved; both numbers in bytes. */
  move(file: string, loaded: number, total: number): void {
    if (!this.#open) return;
    this.#files.set(file, { loaded, total });
    if (this.#screen.isTTY) this.#screen.write(`\r\u001b[2K${this.#line().slice(0, (this.#screen.columns ?? 80) - 1)}`);
    else if (performance.now() - this.#logged > logEveryMs) this.#log();
  }

  /** Leaves the bar standing. */
  #end(): void {
    this.#open = false;
    if (this.#files.size === 0) return;
    if (this.#screen.isTTY) this.#screen.write('\n');
    else this.#log();
  }

  #log(): void {
    this.#logged = performance.now();
    this.#screen.write(`${this.#line()}\n`);
  }

  #line(): string {
    const all = [...this.#files.values()];
    const loaded = all.reduce((sum, file) => sum + file.loaded, 0);
    const total = all.reduce((sum, file) => sum + file.total, 0);
    const share = total > 0 ? loaded / total : 0;
    const filled = Math.round(share * 16);
    const rate = loaded / Math.max(0.001, (performance.now() - this.#begun) / 1000);
    return `load  ${'█'.repeat(filled)}${'░'.repeat(16 - filled)} ${String(Math.floor(share * 100)).padStart(3)} %  ${bytes(loaded)} of ${bytes(total)}  ${bytes(rate)}/s`;
  }
}
