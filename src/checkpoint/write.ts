/**
 * A model as a Hugging Face checkpoint in memory: safetensors shards with an index, the JSON files beside them, and
 * the checksums that `open.ts` verifies. `transformers` loads it as it is. It does not store or send anything.
 */
import { fromFloat32 } from './dtype';
import { formatJson } from './json';
import { checksumsFile, indexFile, sha256, singleFile } from './layout';
import { serialise } from './safetensors';

/** The parsed JSON files of the checkpoint that the model was loaded from. */
export interface CheckpointMeta {
  config: unknown;
  tokenizer: unknown;
  tokenizerConfig: unknown;
  preprocessor: unknown;
}

export interface NamedTensor {
  /** Canonical (`names.ts`). */
  name: string;
  shape: number[];
  data: Float32Array;
}

type File = Uint8Array<ArrayBuffer>;
type Packed = Parameters<typeof serialise>[0][number];

/**
 * File name to bytes. Tensors go in the given order into shards of at most `shardBytes` of numbers each (a larger
 * tensor gets a shard of its own); a single shard is named `model.safetensors` and needs no index.
 */
export async function writeCheckpoint(
  meta: CheckpointMeta, tensors: Iterable<NamedTensor>, dtype: 'F16' | 'F32', shardBytes = 4_000_000,
): Promise<Map<string, File>> {
  const groups = intoShards(pack(tensors, dtype), shardBytes);
  const shards = groups.map((group, i) => ({ file: shardName(i, groups.length), group, bytes: serialise(group) }));
  const files = new Map<string, File>(shards.map(({ file, bytes }) => [file, bytes]));
  if (shards.length > 1) files.set(indexFile, json(indexOf(shards)));
  files.set('config.json', encode(configText(meta.config, dtype)));
  files.set('tokenizer.json', json(meta.tokenizer));
  files.set('tokenizer_config.json', json(meta.tokenizerConfig));
  files.set('preprocessor_config.json', json(meta.preprocessor));
  files.set('processor_config.json', json(processorOf(meta.config)));
  const template = (meta.tokenizerConfig as { chat_template?: unknown }).chat_template;
  // Older readers look into tokenizer_config.json, newer processors only for this file.
  if (typeof template === 'string') files.set('chat_template.jinja', encode(template));
  files.set(checksumsFile, json(await checksumsOf(shards)));
  return files;
}

function* pack(tensors: Iterable<NamedTensor>, dtype: 'F16' | 'F32'): Generator<Packed> {
  for (const { name, shape, data } of tensors) yield { name, dtype, shape, bytes: fromFloat32(dtype, data) };
}

function intoShards(tensors: Iterable<Packed>, shardBytes: number): Packed[][] {
  const groups: Packed[][] = [];
  let room = 0;
  for (const tensor of tensors) {
    if (groups.length === 0 || tensor.bytes.length > room) {
      groups.push([]);
      room = shardBytes;
    }
    groups.at(-1)?.push(tensor);
    room -= tensor.bytes.length;
  }
  return groups.length === 0 ? [[]] : groups;
}

function shardName(index: number, of: number): string {
  const padded = (n: number): string => String(n).padStart(5, '0');
  return of === 1 ? singleFile : `model-${padded(index + 1)}-of-${padded(of)}.safetensors`;
}

function indexOf(shards: readonly { file: string; group: Packed[] }[]): unknown {
  const total = shards.flatMap(({ group }) => group).reduce((sum, { bytes }) => sum + bytes.length, 0);
  const entries = shards.flatMap(({ file, group }) => group.map(({ name }) => [name, file] as const));
  return { metadata: { total_size: total }, weight_map: Object.fromEntries(entries) };
}

/** The configuration's text with the type that the weights now have, wherever it names one. */
function configText(config: unknown, dtype: 'F16' | 'F32'): string {
  return formatJson(config).replace(/("(?:torch_)?dtype"\s*:\s*)"\w+"/g, `$1"${dtype === 'F16' ? 'float16' : 'float32'}"`);
}

/**
 * How many image tokens a prompt needs follows from these, and transformers' processor looks for them only here. A
 * CLIP tower adds one token, its class embedding.
 */
function processorOf(config: unknown): unknown {
  const { vision_config: vision, vision_feature_select_strategy: strategy } = config as {
    vision_config?: { patch_size?: unknown }; vision_feature_select_strategy?: unknown;
  };
  return {
    processor_class: 'LlavaProcessor', patch_size: vision?.patch_size,
    vision_feature_select_strategy: strategy ?? 'default', num_additional_image_tokens: 1,
  };
}

async function checksumsOf(shards: readonly { file: string; bytes: File }[]): Promise<unknown> {
  const entries = await Promise.all(shards.map(async ({ file, bytes }) =>
    [file, { bytes: bytes.length, sha256: await sha256(bytes) }] as const));
  return Object.fromEntries(entries);
}

function json(value: unknown): File {
  return encode(formatJson(value));
}

function encode(text: string): File {
  return new TextEncoder().encode(text);
}
