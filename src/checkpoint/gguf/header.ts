/** Reads as much of a GGUF file as its header takes, which only the header itself tells (`parse.ts`). */
import { joined } from '../joined';
import { readBytes } from '../read-whole';
import type { Source } from '../source';
import { type GgufHeader, parseGguf } from './parse';
import { corrupt } from './refuse';

/** How much of the file is read at first; then twice as much. */
const firstBytes = 2 ** 20;
/** The largest vocabularies take some ten megabytes; beyond this, a header is none. */
const longestHeader = 128 * 2 ** 20;

/** Throws `checkpoint/corrupt`, `checkpoint/unsupported`, and what `Source.bytes` throws. */
export async function readHeader(source: Source, file: string, fileBytes: number): Promise<GgufHeader> {
  let bytes = new Uint8Array(0);
  for (let length = firstBytes; ; length *= 2) {
    bytes = joined([bytes, await readBytes(source, file, bytes.length, Math.min(length, fileBytes))]);
    const header = parseGguf(file, bytes, fileBytes);
    if (header !== undefined) return header;
    if (length >= longestHeader) throw corrupt(file, `the header goes on after ${length} bytes; at most ${longestHeader} are expected.`);
  }
}
