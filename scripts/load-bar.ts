/** The bar that a terminal shows while files are loaded: all of them together, as one line that is rewritten. */
import type { Screen } from './progress';

/** A log that cannot rewrite a line gets one this often. */
const logEveryMs = 20_000;

export class LoadBar {
  readonly #screen: Screen;
  readonly #files = new Map<string, { loaded: number; total: number }>();
  readonly #begun = performance.now();
  #open = false;
  #logged = performance.now();

  constructor(screen: Screen) {
    this.#screen = screen;
  }

  /** A file has moved; both numbers in bytes. */
  move(file: string, loaded: number, total: number): void {
    this.#files.set(file, { loaded, total });
    if (this.#screen.isTTY) this.#screen.write(`\r\u001b[2K${this.#line().slice(0, (this.#screen.columns ?? 80) - 1)}`);
    else if (performance.now() - this.#logged > logEveryMs) this.#log();
    this.#open = true;
  }

  /** Leaves the finished bar standing. */
  end(): void {
    if (!this.#open) return;
    if (this.#screen.isTTY) this.#screen.write('\n');
    else this.#log();
    this.#open = false;
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
    const rate = loaded / 1e6 / Math.max(0.001, (performance.now() - this.#begun) / 1000);
    return `load  ${'█'.repeat(filled)}${'░'.repeat(16 - filled)} ${String(Math.floor(share * 100)).padStart(3)} %  ${megabytes(loaded)} of ${megabytes(total)}  ${rate.toFixed(0)} MB/s`;
  }
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
