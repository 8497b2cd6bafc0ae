/**
 * Streams the numbers of a GGUF file: one pass over its bytes, cut into slices of whole rows (whole heads where
 * llama.cpp reordered them) and unpacked slice by slice. It holds one slice as stored and one as handed out.
 */
import { ByteStream } from '../byte-stream';
import type { Reading } from '../checkpoint';
import type { FloatType } from '../dtype';
import { cancelled } from '../refusals';
import { createHasher } from '../sha256';
import type { Source } from '../source';
import { dequantise, isPacked, type PackedType } from './dequantise';
import { corrupt, unsupported } from './refuse';
import type { PlacedTensor } from './tensors';
import { blocks, type GgmlType } from './types';

/** What a slice takes once it is unpacked, at most; a row, or a head, is never cut. */
const sliceBytes = 8 * 2 ** 20;
/** A row or a head beyond this would take too much memory at once; the largest Llama's heads take half of it. */
const longestUnit = 16 * 2 ** 20;

export interface GgufFile {
  source: Source;
  file: string;
  fileBytes: number;
  /** In the order of their bytes. */
  tensors: readonly PlacedTensor[];
}

/** Packed numbers are handed out as F32, others as they are. */
export function dtypeOf(type: GgmlType): FloatType {
  return isPacked(type) ? 'F32' : type;
}

/** As `Checkpoint.read`. */
export async function readTensors({ source, file, fileBytes, tensors }: GgufFile, reading: Reading): Promise<void> {
  const wanted = tensors.filter(({ canonical }) => reading.wanted?.(canonical) ?? true);
  const [first, last] = [wanted[0], wanted.at(-1)];
  if (first === undefined || last === undefined) return;
  const expected = await source.sha256(file);
  // A hash is of the whole file, so that one that is known asks for every byte.
  const [begin, end] = expected === undefined ? [first.begin, last.end] : [0, fileBytes];
  const hasher = expected === undefined ? undefined : await createHasher();
  const stream = new ByteStream(file, source.bytes(file, begin, end, reading.signal), begin, (piece, at) => {
    if (reading.signal?.aborted === true) throw cancelled(file);
    hasher?.update(piece);
    reading.onShard(file, at - begin, end - begin);
  });
  try {
    const cutter = new Cutter(stream, reading);
    for (const tensor of wanted) await cutter.cut(tensor);
    await stream.skipTo(end);
  } finally {
    await stream.close();
  }
  const found = hasher?.hex();
  if (found !== expected) throw corrupt(file, `expected SHA-256 ${expected}, found ${found}.`);
}

/** Throws `checkpoint/unsupported` for a tensor whose rows, or heads, cannot be taken one at a time. */
export function checkUnit(file: string, tensor: PlacedTensor): void {
  const { name, type, shape } = tensor;
  const bytes = unitOf(tensor).numbers * 4;
  if (shape.length === 1 && isPacked(type)) throw unsupported(file, `tensor "${name}" is a vector in ${type}; F32, F16 or BF16 was expected.`, 'Quantise the model again with llama-quantize, which leaves vectors alone.');
  if (bytes > longestUnit) throw unsupported(file, `tensor "${name}" has rows or heads of ${bytes} bytes; at most ${longestUnit} are read.`, 'Take a smaller model.');
}

/** What is never cut: a row (of a vector, one number), or the rows of a head. */
function unitOf({ shape, headRows = 1, type }: PlacedTensor): { rows: number; numbers: number; bytes: number } {
  const numbers = shape.slice(1).reduce((product, size) => product * size, 1) * headRows;
  return { rows: headRows, numbers, bytes: numbers / blocks[type].numbers * blocks[type].bytes };
}

/** Takes tensors off the stream. Its buffers are as long as the longest slice so far. */
class Cutter {
  readonly #stream: ByteStream;
  readonly #reading: Reading;
  #stored = new Uint8Array(0);
  #ordered = new Uint8Array(0);
  #numbers = new Float32Array(0);

  constructor(stream: ByteStream, reading: Reading) {
    this.#stream = stream;
    this.#reading = reading;
  }

  async cut(tensor: PlacedTensor): Promise<void> {
    await this.#stream.skipTo(tensor.begin);
    const unit = unitOf(tensor);
    const units = tensor.shape.reduce((product, size) => product * size, 1) / unit.numbers;
    const step = Math.max(1, Math.floor(sliceBytes / (unit.numbers * 4)));
    for (let done = 0; done < units; done += step) {
      const taken = await this.#take(Math.min(step, units - done) * unit.bytes);
      const ordered = tensor.headRows === undefined ? taken : this.#order(taken, tensor.headRows, unit.bytes);
      const bytes = isPacked(tensor.type) ? this.#unpack(tensor.type, ordered) : ordered;
      await this.#reading.onSlice({ name: tensor.canonical, dtype: dtypeOf(tensor.type), shape: tensor.shape, first: done * unit.numbers, bytes });
    }
  }

  async #take(length: number): Promise<Uint8Array<ArrayBuffer>> {
    if (this.#stored.length < length) this.#stored = new Uint8Array(length);
    const taken = this.#stored.subarray(0, length);
    await this.#stream.fill(taken);
    return taken;
  }

  /** Rows 2j and 2j + 1 of a head become its rows j and half + j. Packed rows move whole: no block spans two. */
  #order(stored: Uint8Array<ArrayBuffer>, headRows: number, headBytes: number): Uint8Array<ArrayBuffer> {
    if (this.#ordered.length < stored.length) this.#ordered = new Uint8Array(stored.length);
    const [half, rowBytes] = [headRows / 2, headBytes / headRows];
    for (let row = 0; row * rowBytes < stored.length; row++) {
      const inHead = row % headRows;
      const to = row - inHead + (inHead & 1) * half + (inHead >> 1);
      this.#ordered.set(stored.subarray(row * rowBytes, (row + 1) * rowBytes), to * rowBytes);
    }
    return this.#ordered.subarray(0, stored.length);
  }

  #unpack(type: PackedType, stored: Uint8Array): Uint8Array<ArrayBuffer> {
    const numbers = stored.length / blocks[type].bytes * blocks[type].numbers;
    if (this.#numbers.length < numbers) this.#numbers = new Float32Array(numbers);
    dequantise(type, stored, this.#numbers);
    return new Uint8Array(this.#numbers.buffer, 0, numbers * 4);
  }
}
