/** Pieces of any size, taken off in the sizes that are wanted. It knows one stretch of one file and nothing of tensors. */
import { tooShort } from './refusals';

type Bytes = Uint8Array<ArrayBuffer>;

export class ByteStream {
  readonly #file: string;
  readonly #pieces: AsyncIterator<Bytes>;
  readonly #onPiece: (piece: Bytes, at: number) => void;
  #rest: Bytes = new Uint8Array(0);
  #at: number;

  /**
   * `begin` is where in `file` the pieces begin; `onPiece` sees each as it comes, with where it ends.
   * The pieces are this stream's from then on: the memory of one that is done with goes back to where it came from.
   */
  constructor(file: string, pieces: AsyncIterable<Bytes>, begin: number, onPiece: (piece: Bytes, at: number) => void) {
    this.#file = file;
    this.#pieces = pieces[Symbol.asyncIterator]();
    this.#onPiece = onPiece;
    this.#at = begin;
  }

  /** Fills `target` whole. Throws `checkpoint/corrupt` where the file ends before. */
  async fill(target: Uint8Array): Promise<void> {
    for (let filled = 0; filled < target.length;) {
      const part = await this.#take(target.length - filled);
      target.set(part, filled);
      filled += part.length;
    }
  }

  /** Lets go of everything before byte `position` of the file. */
  async skipTo(position: number): Promise<void> {
    while (this.#at < position) await this.#take(position - this.#at);
  }

  /** Whether nothing follows. */
  async ended(): Promise<boolean> {
    return this.#rest.length === 0 && !await this.#more();
  }

  /** Ends the reading, also half-way. */
  async close(): Promise<void> {
    await this.#pieces.return?.();
  }

  /** The next bytes, at least one and at most `most`. */
  async #take(most: number): Promise<Bytes> {
    if (this.#rest.length === 0 && !await this.#more()) throw tooShort(this.#file, this.#at + most, `${this.#at}`);
    const part = this.#rest.subarray(0, most);
    this.#rest = this.#rest.subarray(part.length);
    this.#at += part.length;
    return part;
  }

  async #more(): Promise<boolean> {
    while (this.#rest.length === 0) {
      const spent = this.#rest.buffer;
      // A source may read the next piece into it; what it leaves is let go.
      const { done, value } = await this.#pieces.next(spent.byteLength > 0 ? spent : undefined);
      release(spent);
      if (done === true) return false;
      this.#rest = value;
      this.#onPiece(value, this.#at + value.length);
    }
    return true;
  }
}

/** Gives memory back at once, if it was not taken over: as garbage it would stay until ten times as much has gathered. */
function release(buffer: ArrayBuffer): void {
  const { transfer } = buffer as ArrayBuffer & { transfer?(length: number): ArrayBuffer };
  if (buffer.byteLength > 0) transfer?.call(buffer, 0);
}
