/**
 * Walks over the first bytes of a GGUF file and reads what is written there, little-endian. It allocates nothing before
 * it has seen that the file is long enough to hold it.
 */
import { corrupt } from './refuse';

/** Thrown where the file goes on and the bytes at hand do not. */
export class Shortage extends Error {}

/** `ignoreBOM` keeps U+FEFF, which is a token of some vocabularies. */
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export class Cursor {
  /** Bytes from the start of the file. */
  at = 0;
  readonly file: string;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #fileBytes: number;

  /** @param bytes the file's beginning @param fileBytes the length of the whole file */
  constructor(file: string, bytes: Uint8Array, fileBytes: number) {
    this.file = file;
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#fileBytes = fileBytes;
  }

  /** Throws `checkpoint/corrupt` unless the file has room for `count` things of `each` bytes or more from here on. */
  expect(count: number, each: number, what: string): void {
    const left = this.#fileBytes - this.at;
    if (count * each > left) throw corrupt(this.file, `${what} takes ${count * each} bytes or more, but only ${left} are left of the file; it is truncated or damaged.`);
  }

  /** Steps over `length` bytes and returns where they began. */
  step(length: number, what: string): number {
    this.expect(length, 1, what);
    const begin = this.at;
    if (begin + length > this.#bytes.length) throw new Shortage();
    this.at += length;
    return begin;
  }

  u8(what: string): number { return this.#view.getUint8(this.step(1, what)); }
  i8(what: string): number { return this.#view.getInt8(this.step(1, what)); }
  u16(what: string): number { return this.#view.getUint16(this.step(2, what), true); }
  i16(what: string): number { return this.#view.getInt16(this.step(2, what), true); }
  u32(what: string): number { return this.#view.getUint32(this.step(4, what), true); }
  i32(what: string): number { return this.#view.getInt32(this.step(4, what), true); }
  f32(what: string): number { return this.#view.getFloat32(this.step(4, what), true); }
  f64(what: string): number { return this.#view.getFloat64(this.step(8, what), true); }
  /** Rounded beyond 2^53: what counts bytes or numbers is checked against the file's size, which is below that. */
  u64(what: string): number { return Number(this.#view.getBigUint64(this.step(8, what), true)); }
  i64(what: string): number { return Number(this.#view.getBigInt64(this.step(8, what), true)); }

  /** A length and so many bytes of UTF-8. */
  text(longest: number, what: string): string {
    const length = this.u64(what);
    if (length > longest) throw corrupt(this.file, `${what} claims ${length} bytes; at most ${longest} are expected.`);
    const begin = this.step(length, what);
    try {
      return decoder.decode(this.#bytes.subarray(begin, this.at));
    } catch {
      throw corrupt(this.file, `${what} is not UTF-8 text.`);
    }
  }
}
