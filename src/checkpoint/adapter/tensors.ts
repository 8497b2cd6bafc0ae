/** The numbers of `adapter_model.safetensors`. An adapter is small beside its model and is held whole. */
import { ComdError } from '../../errors';
import { type FloatType, isFloatType, toFloat32 } from '../dtype';
import { readShards } from '../read-shards';
import { tooShort } from '../refusals';
import { type Header, headerEnd, parseHeader, type TensorEntry } from '../safetensors';
import type { Source } from '../source';

export const weightsFile = 'adapter_model.safetensors';
const prefix = 'base_model.model.';

export interface StoredNumbers {
  shape: number[];
  data: Float32Array<ArrayBuffer>;
}

/**
 * By name in the base model's terms, without PEFT's `base_model.model.`
 * Throws `checkpoint/missing-file`, `checkpoint/corrupt`, `checkpoint/unsupported`.
 */
export async function readTensors(source: Source): Promise<Map<string, StoredNumbers>> {
  const header = await readHeader(source);
  const placed = header.tensors.map(checked);
  const pieces = new Map<string, Float32Array<ArrayBuffer>[]>(placed.map(({ name }) => [name, []]));
  await readShards(source, [{ file: weightsFile, fileBytes: header.fileBytes, tensors: placed, hashes: [] }], {
    onShard: () => undefined,
    onSlice({ name, dtype, bytes }) { pieces.get(name)?.push(toFloat32(dtype, bytes)); },
  });
  return new Map(placed.map(({ name, shape }) => [name, { shape, data: joined(pieces.get(name) ?? []) }]));
}

/** One array of all numbers; made of what has come, and not of what a header claims. */
function joined(pieces: readonly Float32Array<ArrayBuffer>[]): Float32Array<ArrayBuffer> {
  if (pieces.length === 1) return pieces[0] as Float32Array<ArrayBuffer>;
  const all = new Float32Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

function checked({ name, dtype, ...place }: TensorEntry): TensorEntry & { dtype: FloatType } {
  if (!isFloatType(dtype)) {
    throw new ComdError('checkpoint/unsupported', `${weightsFile}: tensor "${name}" has the type ${dtype}.`, 'Save the adapter in F32, F16 or BF16.');
  }
  if (!name.startsWith(prefix)) {
    throw new ComdError('checkpoint/corrupt', `${weightsFile}: tensor "${name}" should begin with "${prefix}".`, 'Save the adapter with PEFT.');
  }
  return { ...place, name: name.slice(prefix.length), dtype };
}

async function readHeader(source: Source): Promise<Header> {
  const size = await source.size(weightsFile);
  if (size === undefined && await source.size('adapter_model.bin') !== undefined) {
    throw new ComdError('checkpoint/unsupported', `${source.place} has its adapter in adapter_model.bin, a Python pickle; safetensors are expected.`,
      'Load it in Python with PEFT and save it again with save_pretrained, which writes safetensors.');
  }
  const end = headerEnd(weightsFile, await start(source, Math.min(8, size ?? 8)), size);
  const header = parseHeader(weightsFile, await start(source, end));
  // A server may not tell how long the file is; then reading it to its end shows.
  if (size === undefined || size === header.fileBytes) return header;
  throw new ComdError('checkpoint/corrupt', `${weightsFile} must be ${header.fileBytes} bytes long by its header, but has ${size}.`,
    'Fetch the file again; the copy is incomplete or mixed up with another.');
}

/** The first `end` bytes of the file. */
async function start(source: Source, end: number): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  for await (const piece of source.bytes(weightsFile, 0, end)) pieces.push(piece);
  const bytes = new Uint8Array(await new Blob(pieces).arrayBuffer());
  if (bytes.length < end) throw tooShort(weightsFile, end, String(bytes.length));
  return bytes;
}
