/**
 * The header of a GGUF file, versions 2 and 3, little-endian: metadata, and where each tensor lies. Pure parsing: it
 * reads no numbers of tensors and knows no architecture. Format: docs/gguf.md of ggml.
 */
import { Cursor, Shortage } from './cursor';
import { type MetadataValue, readValue } from './metadata';
import { corrupt, unsupported } from './refuse';
import { blocks, type GgmlType, isGgmlType, typeName } from './types';

/** One tensor of a file; `begin` and `end` count bytes from the start of the file. */
export interface GgufTensor {
  name: string;
  type: GgmlType;
  /** Rows first: `[out, in]`. The file has it the other way round. */
  shape: number[];
  begin: number;
  end: number;
}

export interface GgufHeader {
  metadata: Map<string, MetadataValue>;
  /** In the order of their bytes. */
  tensors: GgufTensor[];
}

const magic = 0x4655_4747;
const longestName = 65_535;
/** A key, its type and the smallest value; a name, a dimension, a type and an offset. */
const [smallestEntry, smallestTensor] = [13, 32];
const mostDimensions = 4;
const defaultAlignment = 32;

/**
 * Reads the header from the file's first `bytes`; undefined where it goes on beyond them. `fileBytes` is how long the
 * whole file is. Throws `checkpoint/corrupt` and `checkpoint/unsupported`.
 */
export function parseGguf(file: string, bytes: Uint8Array, fileBytes: number): GgufHeader | undefined {
  try {
    return parse(new Cursor(file, bytes, fileBytes), fileBytes);
  } catch (error) {
    if (error instanceof Shortage) return undefined;
    throw error;
  }
}

function parse(cursor: Cursor, fileBytes: number): GgufHeader {
  checkVersion(cursor);
  const tensorCount = cursor.u64('the number of tensors');
  const entryCount = cursor.u64('the number of metadata entries');
  cursor.expect(tensorCount, smallestTensor, `a list of ${tensorCount} tensors`);
  cursor.expect(entryCount, smallestEntry, `a list of ${entryCount} metadata entries`);
  const metadata = new Map<string, MetadataValue>();
  for (let i = 0; i < entryCount; i++) {
    const key = cursor.text(longestName, `the key of metadata entry ${i}`);
    if (metadata.has(key)) throw corrupt(cursor.file, `the metadata holds "${key}" twice.`);
    metadata.set(key, readValue(cursor, key));
  }
  const alignment = alignmentOf(cursor.file, metadata.get('general.alignment'));
  const listed = Array.from({ length: tensorCount }, (_, i) => readTensor(cursor, i));
  const dataStart = Math.ceil(cursor.at / alignment) * alignment;
  return { metadata, tensors: place(cursor.file, listed, { dataStart, alignment, fileBytes }) };
}

function checkVersion(cursor: Cursor): void {
  const { file } = cursor;
  const found = cursor.u32('the magic number');
  if (found !== magic) throw corrupt(file, `the file begins with ${lettersOf(found)}, where ${lettersOf(magic)} was expected; it is no GGUF file.`);
  const version = cursor.u32('the version');
  // The version is small, so its two low bytes are zero only where the bytes run the other way.
  if (version !== 0 && (version & 0xffff) === 0) throw unsupported(file, 'the file is big-endian.', 'Convert it with gguf_convert_endian.py of llama.cpp.');
  if (version !== 2 && version !== 3) throw unsupported(file, `the file is GGUF version ${version}; versions 2 and 3 are read.`, 'Convert the model again with a current llama.cpp.');
}

/** Four bytes as text in quotes. */
function lettersOf(word: number): string {
  return JSON.stringify(String.fromCharCode(...[0, 8, 16, 24].map((shift) => word >>> shift & 255)));
}

function alignmentOf(file: string, value: MetadataValue = defaultAlignment): number {
  if (typeof value === 'number' && value >= 1 && Number.isInteger(Math.log2(value))) return value;
  throw corrupt(file, `"general.alignment" must be a power of two, but is ${String(value)}.`);
}

interface ListedTensor {
  name: string;
  type: GgmlType;
  shape: number[];
  offset: number;
  bytes: number;
}

function readTensor(cursor: Cursor, index: number): ListedTensor {
  const name = cursor.text(longestName, `the name of tensor ${index}`);
  const what = `tensor "${name}"`;
  const dimensions = cursor.u32(what);
  if (dimensions < 1 || dimensions > mostDimensions) throw corrupt(cursor.file, `${what} has ${dimensions} dimensions; 1 to ${mostDimensions} are expected.`);
  const shape = Array.from({ length: dimensions }, () => cursor.u64(what)).reverse();
  const type = typeName(cursor.u32(what));
  const offset = cursor.u64(what);
  if (!isGgmlType(type)) {
    throw unsupported(cursor.file, `${what} has the type ${type}; ${Object.keys(blocks).join(', ')} are read.`, 'Take a file in one of those types, as Q4_0, Q4_1 or Q8_0, or quantise the model again with llama-quantize.');
  }
  return { name, type, shape, offset, bytes: bytesOf(cursor.file, what, type, shape) };
}

function bytesOf(file: string, what: string, type: GgmlType, shape: readonly number[]): number {
  const block = blocks[type];
  const columns = shape.at(-1) ?? 0;
  const numbers = shape.reduce((product, size) => product * size, 1);
  if (shape.includes(0) || !Number.isSafeInteger(numbers * block.bytes)) throw corrupt(file, `${what} has the impossible shape [${shape.join(', ')}].`);
  if (columns % block.numbers !== 0) throw corrupt(file, `${what} has rows of ${columns} numbers, which ${type} cannot hold: it packs ${block.numbers} at a time.`);
  return numbers / block.numbers * block.bytes;
}

interface DataSection {
  dataStart: number;
  alignment: number;
  fileBytes: number;
}

/** Tensors may leave gaps, but must be aligned, apart from each other, and inside the file. */
function place(file: string, listed: readonly ListedTensor[], { dataStart, alignment, fileBytes }: DataSection): GgufTensor[] {
  const sorted = listed.toSorted((a, b) => a.offset - b.offset);
  const seen = new Set<string>();
  let free = dataStart;
  return sorted.map(({ name, type, shape, offset, bytes }) => {
    const begin = dataStart + offset;
    const end = begin + bytes;
    if (seen.has(name)) throw corrupt(file, `tensor "${name}" is listed twice.`);
    if (offset % alignment !== 0) throw corrupt(file, `tensor "${name}" has the offset ${offset}, which is no multiple of the alignment ${alignment}.`);
    if (end > fileBytes) throw corrupt(file, `tensor "${name}" ends at byte ${end}, but the file has ${fileBytes}; it is truncated or damaged.`);
    if (begin < free) throw corrupt(file, `tensor "${name}" begins at byte ${begin}, where ${free} or more was expected: tensors overlap.`);
    seen.add(name);
    free = end;
    return { name, type, shape, begin, end };
  });
}
