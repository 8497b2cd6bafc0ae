/** One file of a model while it is written: hashed on its way, gone on with where an earlier call broke off. */
import { createHasher, type Hasher } from '../sha256';
import type { Appender, ModelFolder } from './disk';
import type { FileSink } from './model-sink';

const sliceBytes = 4 * 2 ** 20;

interface Hooks {
  /** Called between slices of what the file holds already. */
  onHashed?(): void;
  /** Turns what the disk throws into what is thrown. */
  explain(cause: unknown): Promise<unknown>;
  /** The file is whole. */
  done(bytes: number, sha256: string): Promise<void>;
}

export class HashedFile implements FileSink {
  readonly #appender: Appender;
  readonly #hasher: Hasher;
  readonly #hooks: Hooks;

  private constructor(appender: Appender, hasher: Hasher, hooks: Hooks) {
    this.#appender = appender;
    this.#hasher = hasher;
    this.#hooks = hooks;
  }

  /** Opens the file at its end. What it holds already is read once, for the hash. */
  static async open(folder: ModelFolder, stored: string, hooks: Hooks): Promise<HashedFile> {
    const hasher = await createHasher();
    const held = await folder.file(stored);
    if (held !== undefined) await hashBlob(hasher, held, () => hooks.onHashed?.());
    return new HashedFile(await folder.append(stored), hasher, hooks);
  }

  get bytes(): number {
    return this.#appender.bytes;
  }

  async write(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    try {
      this.#appender.write(bytes);
    } catch (cause) {
      throw await this.#hooks.explain(cause);
    }
    this.#hasher.update(bytes);
  }

  async close(): Promise<void> {
    const { bytes } = this.#appender;
    try {
      this.#appender.close();
    } catch (cause) {
      throw await this.#hooks.explain(cause);
    }
    await this.#hooks.done(bytes, this.#hasher.hex());
  }

  /** Lets go of a file that is not whole. It stays, to be gone on with. */
  release(): void {
    try {
      this.#appender.close();
    } catch {
      // It failed before, and that failure is reported; what cannot reach the disk is missing there, and is fetched again.
    }
  }
}

/** Hashes a file slice by slice, so that a shard is never in memory whole. */
export async function hashBlob(hasher: Hasher, blob: Blob, onHashed?: (bytes: number) => void): Promise<void> {
  for (let at = 0; at < blob.size; at += sliceBytes) {
    const slice = await blob.slice(at, at + sliceBytes).arrayBuffer();
    hasher.update(new Uint8Array(slice));
    onHashed?.(at + slice.byteLength);
  }
}
