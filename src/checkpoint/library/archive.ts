/**
 * A kept model as one zip file. The zip's own bytes lie in memory and the model's stay where they are: the file refers
 * to them, so that neither memory nor disk holds them twice.
 */
import { Zip, ZipPassThrough } from 'fflate';
import { ComdError } from '../../errors';
import type { ModelDisk } from './disk';
import { cut, gone } from './failures';
import { openKept, storedName } from './record';

/** Zip counts bytes in 32 bits. */
const longestZip = 2 ** 32 - 1;
/** What the zip takes beside the files, at most: names, lengths and hashes, each twice. */
const frameBytes = 1024;
const sliceBytes = 4 * 2 ** 20;

/** Throws `checkpoint/unsupported` above 4 GB, `checkpoint/missing-file`, `checkpoint/corrupt`. */
export async function archiveOf(disk: ModelDisk, id: string): Promise<File> {
  const { folder, record } = await openKept(disk, id);
  const bytes = record.files.reduce((sum, file) => sum + file.bytes + frameBytes, 0);
  if (bytes > longestZip) throw tooLong(record.name, bytes);
  const parts: BlobPart[] = [];
  const zip = new Frames(parts);
  for (const { file, bytes } of record.files) {
    const stored = await folder.file(storedName(record.generation, file));
    if (stored === undefined) throw gone(`${file} of "${record.name}"`);
    if (stored.size !== bytes) throw cut(file, bytes, stored.size);
    await zip.add(file, stored);
  }
  zip.end();
  return new File(parts, `${record.name}.zip`, { type: 'application/zip' });
}

/** The zip of some files, its frames as bytes and the files as references. */
class Frames {
  readonly #parts: BlobPart[];
  readonly #zip: Zip;
  /** The slice that goes through the zip now; it comes out as it went in, and is not kept. */
  #passing: Uint8Array | undefined;

  constructor(parts: BlobPart[]) {
    this.#parts = parts;
    this.#zip = new Zip((failure, chunk) => {
      if (failure) throw failure;
      if (chunk !== this.#passing) this.#parts.push(chunk as Uint8Array<ArrayBuffer>);
    });
  }

  async add(name: string, file: File): Promise<void> {
    const entry = new ZipPassThrough(name);
    this.#zip.add(entry);
    entry.push(this.#passing = new Uint8Array(0));
    this.#parts.push(file);
    for (let at = 0; at < file.size; at += sliceBytes) {
      this.#passing = new Uint8Array(await file.slice(at, at + sliceBytes).arrayBuffer());
      entry.push(this.#passing);
    }
    entry.push(this.#passing = new Uint8Array(0), true);
  }

  end(): void {
    this.#zip.end();
  }
}

function tooLong(name: string, bytes: number): ComdError {
  return new ComdError(
    'checkpoint/unsupported',
    `"${name}" is ${(bytes / 1e9).toFixed(1)} GB, and a zip file holds at most 4.3 GB.`,
    'Download it again where it comes from, or keep a packed form of it.',
  );
}
