/** Writes GGUF files for tests, well-formed unless told otherwise. Arrays of texts and of 32-bit integers only. */
type Value = number | string | boolean | readonly string[] | readonly number[];

export interface TensorToWrite {
  name: string;
  /** `ggml_type` by number. */
  type: number;
  /** Columns first, as in the file. */
  dimensions: readonly number[];
  /** From the start of the data. */
  offset: number;
}

export interface FileToWrite {
  magic?: string;
  version?: number;
  metadata?: readonly (readonly [string, Value])[];
  tensors?: readonly TensorToWrite[];
  /** What the header claims; what is written by default. */
  claims?: { tensors?: number; entries?: number };
  dataBytes?: number;
}

export function writeGguf({ magic = 'GGUF', version = 3, metadata = [], tensors = [], claims = {}, dataBytes = 0 }: FileToWrite): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [
    new TextEncoder().encode(magic), u32(version), u64(claims.tensors ?? tensors.length), u64(claims.entries ?? metadata.length),
    ...metadata.flatMap(([key, value]) => [text(key), ...typed(value)]),
    ...tensors.flatMap(({ name, type, dimensions, offset }) => [text(name), u32(dimensions.length), ...dimensions.map(u64), u32(type), u64(offset)]),
  ];
  const header = Buffer.concat(parts);
  const file = new Uint8Array(Math.ceil(header.length / 32) * 32 + dataBytes);
  file.set(header);
  return file;
}

/** Lays tensors of F32 (0), Q4_0 (2) and Q4_K (12) one after the other, each aligned. */
export function layOut(list: readonly (readonly [name: string, type: number, ...dimensions: number[]])[]): (TensorToWrite & { end: number })[] {
  let free = 0;
  return list.map(([name, type, ...dimensions]) => {
    const [numbers, size] = ({ 0: [1, 4], 2: [32, 18], 12: [256, 144] } as Record<number, [number, number]>)[type] ?? [1, 1];
    const offset = free;
    const end = offset + dimensions.reduce((a, b) => a * b, 1) / numbers * size;
    free = Math.ceil(end / 32) * 32;
    return { name, type, dimensions, offset, end };
  });
}

function typed(value: Value): Uint8Array[] {
  if (typeof value === 'boolean') return [u32(7), Uint8Array.of(Number(value))];
  if (typeof value === 'string') return [u32(8), text(value)];
  if (typeof value === 'number') return Number.isInteger(value) ? [u32(4), u32(value)] : [u32(6), f32(value)];
  const kind = typeof value[0] === 'string' ? 8 : 5;
  return [u32(9), u32(kind), u64(value.length), ...value.map((entry) => typeof entry === 'string' ? text(entry) : u32(entry))];
}

function text(value: string): Uint8Array {
  const bytes = new TextEncoder().encode(value);
  return Buffer.concat([u64(bytes.length), bytes]);
}

function u32(value: number): Uint8Array {
  return new Uint8Array(Uint32Array.of(value).buffer);
}

function u64(value: number): Uint8Array {
  return new Uint8Array(BigUint64Array.of(BigInt(value)).buffer);
}

function f32(value: number): Uint8Array {
  return new Uint8Array(Float32Array.of(value).buffer);
}
