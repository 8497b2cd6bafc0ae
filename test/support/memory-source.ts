/** A source in memory that can hold back, break off, change and count. */
import { sha256 } from '../../src/checkpoint/sha256';
import type { Source } from '../../src/checkpoint/source';
import { ComdError } from '../../src/errors';
import type { Files } from './folder';

export class MemorySource implements Source {
  readonly name: string;
  readonly place: string;
  gguf?: string;
  readonly files: Files;
  /** Length of the pieces that bytes come in. */
  piece = 50;
  /** Whether it knows the hashes of its files, and whether it says so when a file changes. */
  hashes = false;
  versions: ((file: string) => string | undefined) | undefined = () => 'v1';
  /** What was asked for, as `file from`. */
  readonly asked: string[] = [];
  /** Called before every piece; what it throws ends the stream. */
  onPiece: (file: string, at: number) => void | Promise<void> = () => undefined;

  constructor(place: string, files: Files) {
    this.place = place;
    this.name = place.split('/').at(-1) ?? place;
    this.files = new Map(files);
  }

  list(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  size(file: string): Promise<number | undefined> {
    return Promise.resolve(this.files.get(file)?.length);
  }

  text(file: string): Promise<string | undefined> {
    const bytes = this.files.get(file);
    return Promise.resolve(bytes && new TextDecoder().decode(bytes));
  }

  async *bytes(file: string, begin: number, end?: number, signal?: AbortSignal): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    this.asked.push(`${file} ${begin}`);
    const bytes = (this.files.get(file) ?? new Uint8Array(0)).subarray(0, end);
    for (let at = begin; at < bytes.length; at += this.piece) {
      await this.onPiece(file, at);
      if (signal?.aborted) throw new ComdError('checkpoint/cancelled', 'cancelled', '');
      yield bytes.slice(at, at + this.piece);
    }
  }

  sha256(file: string): Promise<string | undefined> {
    const bytes = this.files.get(file);
    return this.hashes && bytes ? sha256(bytes) : Promise.resolve(undefined);
  }

  async validator(file: string): Promise<string | undefined> {
    return this.versions?.(file);
  }
}

/** A network that is gone for longer than any source waits. */
export function unreachable(): ComdError {
  return new ComdError('checkpoint/unreachable', 'the network is gone', 'Try again.');
}
