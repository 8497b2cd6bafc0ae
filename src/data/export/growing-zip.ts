/**
 * A zip that grows entry by entry into a blob. What has been written is handed to the browser, which may put it on disk, and files
 * are referred to and not copied, so that a zip of any size takes little memory. It knows no format of what it holds.
 */
import { Zip, ZipDeflate, ZipPassThrough } from 'fflate';
import { ComdError } from '../../errors';

type Bytes = Uint8Array<ArrayBuffer>;

/** Zip counts entries in 16 bits, and bytes in 32. */
export const mostEntries = 2 ** 16 - 1;
export const longestZip = 2 ** 32 - 1;

/** The first time that a zip can say, so that the same content makes the same bytes. */
const epoch = new Date(1980, 0, 1);
/** Text is gathered to pieces of so many letters, and what has been written to pieces of so many bytes. */
const pieceSize = 2 ** 20;

export class GrowingZip {
  readonly #zip: Zip;
  readonly #parts: BlobPart[] = [];
  #waiting: Bytes[] = [];
  #waitingBytes = 0;
  #bytes = 0;
  #entries = 0;
  /** What goes through the zip to be summed, and is not kept. */
  #passing: Uint8Array | undefined;

  constructor() {
    this.#zip = new Zip((failure, chunk) => {
      if (failure) throw failure;
      if (chunk !== this.#passing) this.#write(chunk as Bytes);
    });
  }

  /** Text, compressed; no entry where there is none. Throws `data/unreadable` where the zip would grow beyond what zips can hold. */
  async text(name: string, text: Iterable<string> | AsyncIterable<string>): Promise<void> {
    let entry: ZipDeflate | undefined;
    let waiting = '';
    const hand = (last: boolean): void => {
      entry ??= this.#begin(new ZipDeflate(name));
      entry.push(new TextEncoder().encode(waiting), last);
      waiting = '';
    };
    for await (const piece of text) {
      waiting += piece;
      if (waiting.length >= pieceSize) hand(false);
    }
    if (waiting !== '' || entry !== undefined) hand(true);
  }

  /** Bytes that do not shrink, as they are. Throws as {@link GrowingZip.text}. */
  bytes(name: string, bytes: Bytes): void {
    this.#begin(new ZipPassThrough(name)).push(bytes, true);
  }

  /** A file, as it is, by reference. Throws as {@link GrowingZip.text}. */
  async blob(name: string, blob: Blob): Promise<void> {
    const entry = this.#begin(new ZipPassThrough(name));
    // What comes out first is the frame of the entry; it must stand before what the entry holds.
    this.#pass(entry, new Uint8Array(0), false);
    this.#flush();
    this.#parts.push(blob);
    this.#count(blob.size);
    this.#pass(entry, new Uint8Array(await blob.arrayBuffer()), false);
    this.#pass(entry, new Uint8Array(0), true);
  }

  /** The whole; nothing can be added then. */
  end(): Blob {
    this.#zip.end();
    this.#flush();
    return new Blob(this.#parts, { type: 'application/zip' });
  }

  #begin<T extends ZipPassThrough | ZipDeflate>(entry: T): T {
    this.#entries++;
    if (this.#entries > mostEntries) throw tooLarge(entry.filename);
    entry.mtime = epoch;
    this.#zip.add(entry);
    return entry;
  }

  #pass(entry: ZipPassThrough, bytes: Uint8Array, last: boolean): void {
    this.#passing = bytes;
    entry.push(bytes, last);
    this.#passing = undefined;
  }

  #write(chunk: Bytes): void {
    this.#waiting.push(chunk);
    this.#waitingBytes += chunk.length;
    this.#count(chunk.length);
    if (this.#waitingBytes >= pieceSize) this.#flush();
  }

  #flush(): void {
    this.#parts.push(new Blob(this.#waiting));
    [this.#waiting, this.#waitingBytes] = [[], 0];
  }

  #count(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes > longestZip) throw tooLarge('its end');
  }
}

function tooLarge(at: string): ComdError {
  return new ComdError('data/unreadable', `The zip is too large at ${at}: a zip holds ${mostEntries.toLocaleString('en')} files and 4.3 GB.`, 'Use less of the data.');
}
