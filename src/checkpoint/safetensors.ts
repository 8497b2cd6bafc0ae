/**
 * The safetensors file format: 8 bytes of header length (little-endian), a JSON header, then the tensors' bytes
 * without gaps. Pure parsing and serialising; it fetches nothing and converts no numbers (`dtype.ts`).
 */
import { ComdError } from '../errors';
import { type DType, elementBytes, isDType } from './dtype';
import { joined } from './joined';

/** One tensor of a file; `begin` and `end` count bytes from the start of the file. */
export interface TensorEntry {
  name: string;
  dtype: DType;
  shape: number[];
  begin: number;
  end: number;
}

export interface Header {
  /** In the order of their bytes. */
  tensors: TensorEntry[];
  /** How long the whole file must be. */
  fileBytes: number;
}

/** Longer headers are refused by every reader of the format; a random file would ask for exabytes. */
export const maxHeaderBytes = 100_000_000;
const lengthBytes = 8;

const damaged = 'Fetch or export the file again; if it stays so, the file was written wrongly.';

function corrupt(file: string, what: string): ComdError {
  return new ComdError('checkpoint/corrupt', `${file}: ${what}`, damaged);
}

/**
 * Where the header ends, counted from the start of the file, from its first 8 bytes. `available` is how many bytes
 * the file has, where that is known. Throws `checkpoint/corrupt`.
 */
export function headerEnd(file: string, start: Uint8Array, available = Infinity): number {
  if (start.length < lengthBytes) throw corrupt(file, `the file ends after ${start.length} bytes, before its header.`);
  const length = Number(new DataView(start.buffer, start.byteOffset, lengthBytes).getBigUint64(0, true));
  if (length > maxHeaderBytes) throw corrupt(file, `the header claims ${length} bytes; at most ${maxHeaderBytes} are allowed, so this is no safetensors file.`);
  if (lengthBytes + length > available) throw corrupt(file, `the header claims ${length} bytes but the file has ${available}; it is truncated or no safetensors file.`);
  return lengthBytes + length;
}

/**
 * Reads the header from `bytes`, which begin at the start of the file and may end anywhere after the header.
 * Throws `checkpoint/corrupt` for anything but a well-formed header whose tensors lie side by side without gap or
 * overlap, and `checkpoint/unsupported` for a type that it does not know.
 */
export function parseHeader(file: string, bytes: Uint8Array): Header {
  const end = headerEnd(file, bytes, bytes.length);
  const text = decodeText(file, bytes.subarray(lengthBytes, end));
  const json = parseObject(file, text);
  refuseRepeatedNames(file, text);
  const tensors = Object.entries(json)
    .filter(([name]) => name !== '__metadata__')
    .map(([name, entry]) => tensorEntry(file, name, entry, end))
    .sort((a, b) => a.begin - b.begin || a.end - b.end);
  return { tensors, fileBytes: refuseGaps(file, tensors, end) };
}

/** A tensor that is going to be written. */
export interface TensorToWrite {
  /** As it is to be spelt in the file. */
  name: string;
  dtype: DType;
  shape: readonly number[];
}

export function tensorBytes({ dtype, shape }: TensorToWrite): number {
  return shape.reduce((product, size) => product * size, elementBytes[dtype]);
}

/** The beginning of a file whose tensors follow in the order given: header length and header, padded so that they are aligned. */
export function headerOf(tensors: readonly TensorToWrite[]): Uint8Array<ArrayBuffer> {
  const entries: [string, unknown][] = [['__metadata__', { format: 'pt' }]];
  let offset = 0;
  for (const tensor of tensors) {
    const begin = offset;
    offset += tensorBytes(tensor);
    entries.push([tensor.name, { dtype: tensor.dtype, shape: tensor.shape, data_offsets: [begin, offset] }]);
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));
  const bytes = new Uint8Array(lengthBytes + Math.ceil(json.length / 8) * 8).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(bytes.length - lengthBytes), true);
  bytes.set(json, lengthBytes);
  return bytes;
}

/** The bytes of one file, the tensors in the order given. */
export function serialise(tensors: readonly (TensorToWrite & { bytes: Uint8Array })[]): Uint8Array<ArrayBuffer> {
  return joined([headerOf(tensors), ...tensors.map(({ bytes }) => bytes)]);
}

function decodeText(file: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new ComdError('checkpoint/corrupt', `${file}: the header must be UTF-8 text, but is not.`, damaged, { cause });
  }
}

function parseObject(file: string, text: string): object {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new ComdError('checkpoint/corrupt', `${file}: the header must be JSON, but is not: ${(cause as Error).message.slice(0, 200)}.`, damaged, { cause });
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw corrupt(file, `the header must be a JSON object, but is ${Array.isArray(json) ? 'a list' : String(json).slice(0, 40)}.`);
  return json;
}

/** JSON.parse keeps the last of two equal keys without a word, so the keys of the outermost object are scanned here. */
function refuseRepeatedNames(file: string, text: string): void {
  const seen = new Set<string>();
  for (const key of outermostKeys(text)) {
    if (seen.has(key)) throw corrupt(file, `tensor "${key}" is listed twice, where each may be listed once.`);
    seen.add(key);
  }
}

/** Of a text that is known to be JSON. No regular expression: those run out of stack on long strings. */
function* outermostKeys(text: string): Generator<string> {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const mark = text[at];
    if (mark === '{' || mark === '[') depth++;
    else if (mark === '}' || mark === ']') depth--;
    else if (mark === '"') {
      const begin = at;
      for (at++; text[at] !== '"'; at++) if (text[at] === '\\') at++;
      if (depth === 1 && isKey(text, at + 1)) yield JSON.parse(text.slice(begin, at + 1)) as string;
    }
  }
}

function isKey(text: string, after: number): boolean {
  while (text[after] === ' ' || text[after] === '\n' || text[after] === '\t' || text[after] === '\r') after++;
  return text[after] === ':';
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

function tensorEntry(file: string, name: string, entry: unknown, dataStart: number): TensorEntry {
  const { dtype, shape, data_offsets: offsets } = (entry ?? {}) as Record<string, unknown>;
  if (typeof dtype !== 'string' || !Array.isArray(shape) || !shape.every(isCount) || !isPair(offsets)) {
    throw corrupt(file, `tensor "${name.slice(0, 200)}" needs a dtype, a shape and two data_offsets; found ${inShort(entry)}.`);
  }
  if (!isDType(dtype)) {
    throw new ComdError('checkpoint/unsupported', `${file}: tensor "${name.slice(0, 200)}" has the type ${dtype.slice(0, 40)}, where F32, F16 or BF16 was expected.`, 'Export it as one of those.');
  }
  const [begin, end] = offsets;
  const wanted = shape.reduce((product, size) => product * size, 1) * elementBytes[dtype];
  if (end - begin !== wanted) {
    throw corrupt(file, `tensor "${name.slice(0, 200)}" of shape ${shortValue(shape)} in ${dtype} takes ${wanted} bytes, but its offsets ${begin} to ${end} span ${end - begin}.`);
  }
  return { name, dtype, shape, begin: dataStart + begin, end: dataStart + end };
}

/** A header may hold anything, at any depth and of any length; of its entries only the flat ones are worth showing. */
function inShort(entry: unknown): string {
  if (typeof entry !== 'object' || entry === null) return String(entry).slice(0, 40);
  const fields = Object.entries(entry).slice(0, 4).map(([key, value]) => `${key.slice(0, 20)}: ${shortValue(value)}`);
  return `{${fields.join(', ')}}`;
}

function shortValue(value: unknown): string {
  if (Array.isArray(value)) return `[${value.slice(0, 4).map((item) => (typeof item === 'object' && item !== null ? '…' : String(item).slice(0, 20))).join(', ')}]`;
  return typeof value === 'object' && value !== null ? '{…}' : String(value).slice(0, 40);
}

function isPair(value: unknown): value is [number, number] {
  return Array.isArray(value) && value.length === 2 && value.every(isCount);
}

/** Tensors must follow each other without gap or overlap. Returns where the last one ends. */
function refuseGaps(file: string, tensors: readonly TensorEntry[], dataStart: number): number {
  let at = dataStart;
  for (const { name, begin, end } of tensors) {
    if (begin !== at) {
      throw corrupt(file, `tensor "${name}" begins at byte ${begin}, where ${at} was expected: tensors ${begin < at ? 'overlap' : 'leave a gap'}.`);
    }
    at = end;
  }
  return at;
}
