/** The folder of a benchmark on this machine. */
import { readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ComdError } from '../src/errors';
import type { BenchmarkFiles } from '../src/evaluate/benchmarks/files';

export class BenchmarkFolder implements BenchmarkFiles {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Throws `settings/invalid` where there is no such folder. */
  static async open(folder: string): Promise<BenchmarkFolder> {
    const path = resolve(folder);
    if (!(await stat(path).catch(() => undefined))?.isDirectory()) throw new ComdError('settings/invalid', `There is no folder "${folder}".`, 'Give --data the folder that the benchmark was unpacked into.');
    return new BenchmarkFolder(path);
  }

  /** Where a file of the folder lies on this machine. */
  pathOf(file: string): string {
    return join(this.#folder, file);
  }

  async has(path: string): Promise<boolean> {
    return (await stat(this.pathOf(path)).catch(() => undefined))?.isFile() ?? false;
  }

  async text(path: string): Promise<string> {
    try {
      return await readFile(this.pathOf(path), 'utf8');
    } catch (cause) {
      throw new ComdError('data/malformed-record', `"${path}" cannot be read.`, `Look whether it lies in ${this.#folder}.`, { cause });
    }
  }
}
