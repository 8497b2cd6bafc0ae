/** Files in memory, for models that are small enough to be handed on whole. */
import { joined } from '../joined';
import type { FileSink, ModelSink } from '../library/model-sink';

export class MemorySink implements ModelSink {
  /** What has been closed, in that order. */
  readonly files = new Map<string, Uint8Array<ArrayBuffer>>();

  reserve(): Promise<void> {
    return Promise.resolve();
  }

  file(name: string): Promise<FileSink> {
    const pieces: Uint8Array<ArrayBuffer>[] = [];
    let bytes = 0;
    return Promise.resolve({
      get bytes() { return bytes; },
      write: async (piece) => {
        pieces.push(piece.slice());
        bytes += piece.length;
      },
      close: async () => {
        this.files.set(name, joined(pieces));
      },
    });
  }
}
