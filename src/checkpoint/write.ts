/**
 * A model as a Hugging Face checkpoint in memory: safetensors shards with an index, the JSON files beside them, and
 * the checksums that `open.ts` verifies. `transformers` loads it as it is. It does not store or send anything.
 */
import { fromFloat32 } from './dtype';
import { formatJson } from './json';
import { checksumsFile } from './layout';
import { MemorySink } from './write/memory-sink';
import { type CheckpointMeta, metaFiles } from './write/meta';
import { indexFiles, planShards, ShardWriter } from './write/shards';

export type { CheckpointMeta };

export interface NamedTensor {
  /** As it is to be spelt in the file. */
  name: string;
  shape: number[];
  data: Float32Array;
}

/**
 * File name to bytes. Tensors go in the given order into shards of at most `shardBytes` of numbers each (a larger
 * tensor gets a shard of its own); a single shard is named `model.safetensors` and needs no index.
 */
export async function writeCheckpoint(
  meta: CheckpointMeta, tensors: Iterable<NamedTensor>, dtype: 'F16' | 'F32', shardBytes = 4_000_000,
): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
  const all = [...tensors];
  const shards = planShards(all.map(({ name, shape }) => ({ name, dtype, shape })), shardBytes);
  const sink = new MemorySink();
  const writer = new ShardWriter(shards, sink);
  for (const { data } of all) await writer.write(fromFloat32(dtype, data));
  const sums = await writer.close();
  for (const [file, text] of [...indexFiles(shards), ...metaFiles(meta, dtype), [checksumsFile, formatJson(sums)] as const]) {
    sink.files.set(file, new TextEncoder().encode(text));
  }
  return sink.files;
}
