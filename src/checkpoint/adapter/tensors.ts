/** The numbers of `adapter_model.safetensors`. An adapter is small beside its model and is held whole. */
import { ComdError } from '../../errors';
import { type FloatType, isFloatType, toFloat32 } from '../dtype';
import { readHeader } from '../headers';
import { joined } from '../joined';
import { readShards } from '../read-shards';
import type { TensorEntry } from '../safetensors';
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
  await refusePickle(source);
  const header = await readHeader(source, weightsFile);
  const placed = header.tensors.map(checked);
  // Made of what comes, and not of what a header claims.
  const pieces = new Map<string, Uint8Array[]>(placed.map(({ name }) => [name, []]));
  await readShards(source, [{ file: weightsFile, fileBytes: header.fileBytes, tensors: placed, hashes: [] }], {
    onShard: () => undefined,
    onSlice({ name, bytes }) { pieces.get(name)?.push(bytes.slice()); },
  });
  return new Map(placed.map(({ name, dtype, shape }) => [name, { shape, data: toFloat32(dtype, joined(pieces.get(name) ?? [])) }]));
}

function checked({ name, dtype, ...place }: TensorEntry): TensorEntry & { dtype: FloatType } {
  if (!isFloatType(dtype)) {
    throw new ComdError('checkpoint/unsupported', `${weightsFile}: tensor "${name}" has the type ${dtype}, where F32, F16 or BF16 was expected.`, 'Save the adapter in one of those.');
  }
  if (!name.startsWith(prefix)) {
    throw new ComdError('checkpoint/corrupt', `${weightsFile}: tensor "${name}" should begin with "${prefix}".`, 'Save the adapter with PEFT.');
  }
  return { ...place, name: name.slice(prefix.length), dtype };
}

/** Throws `checkpoint/unsupported` for the format of older releases. */
async function refusePickle(source: Source): Promise<void> {
  if (await source.size(weightsFile) !== undefined || await source.size('adapter_model.bin') === undefined) return;
  throw new ComdError('checkpoint/unsupported', `${source.place} has its adapter in adapter_model.bin, a Python pickle; safetensors are expected.`,
    'Load it in Python with PEFT and save it again with save_pretrained, which writes safetensors.');
}
