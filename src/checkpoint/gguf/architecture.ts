/**
 * What the metadata says about the model's shape, for the two architectures that are read: `llama`, as which Mistral's
 * models are written too, and `qwen2`. Not yet a configuration (`config.ts`).
 */
import type { GgufTensor } from './parse';
import type { Metadata } from './metadata';
import { corrupt, unsupported } from './refuse';

export const architectures = ['llama', 'qwen2'] as const;

export interface Architecture {
  name: (typeof architectures)[number];
  hidden: number;
  intermediate: number;
  layers: number;
  heads: number;
  kvHeads: number;
  headDim: number;
  /** Rows of the embedding, of which the tokenizer may leave some unused. */
  vocabulary: number;
  bias: { attention: boolean; mlp: boolean };
  tied: boolean;
}

const takeAnother = 'Take a Llama, Mistral or Qwen2 model; another family needs its own reader under src/checkpoint/gguf and src/model.';

/** Throws `checkpoint/unsupported` for what the model code does not know, `checkpoint/corrupt` for what is missing. */
export function readArchitecture(metadata: Metadata, tensors: readonly GgufTensor[]): Architecture {
  const { file } = metadata;
  if ((metadata.number('split.count') ?? 1) > 1) throw unsupported(file, 'the file is one part of a split model.', 'Join the parts with llama-gguf-split --merge.');
  const name = nameOf(metadata);
  const key = (rest: string): string => `${name}.${rest}`;
  if ((metadata.number(key('expert_count')) ?? 0) > 0) throw unsupported(file, `"${key('expert_count')}" says that the model is a mixture of experts.`, takeAnother);
  const hidden = metadata.count(key('embedding_length'));
  const heads = metadata.count(key('attention.head_count'));
  const named = new Set(tensors.map((tensor) => tensor.name));
  return {
    name, hidden, heads,
    intermediate: metadata.count(key('feed_forward_length')),
    layers: layersOf(metadata, key('block_count'), tensors.length),
    kvHeads: kvHeadsOf(metadata, key('attention.head_count_kv'), heads),
    headDim: headDimOf(metadata, key, hidden, heads),
    vocabulary: vocabularyOf(file, tensors),
    bias: { attention: named.has('blk.0.attn_q.bias'), mlp: named.has('blk.0.ffn_up.bias') },
    tied: !named.has('output.weight'),
  };
}

function nameOf(metadata: Metadata): Architecture['name'] {
  const found = metadata.text('general.architecture');
  const name = architectures.find((known) => known === found);
  if (name === undefined) throw unsupported(metadata.file, `"general.architecture" is ${found ?? 'missing'}; ${architectures.join(' and ')} are read.`, takeAnother);
  return name;
}

/** A layer has several tensors, so that a count beyond theirs is damage, and is not looped over. */
function layersOf(metadata: Metadata, key: string, tensors: number): number {
  const layers = metadata.count(key);
  if (layers > tensors) throw corrupt(metadata.file, `metadata "${key}" claims ${layers} layers, but there are only ${tensors} tensors.`);
  return layers;
}

function kvHeadsOf(metadata: Metadata, key: string, heads: number): number {
  const kvHeads = metadata.has(key) ? metadata.count(key) : heads;
  if (heads % kvHeads !== 0) throw corrupt(metadata.file, `metadata "${key}" must divide the ${heads} heads, but is ${kvHeads}.`);
  return kvHeads;
}

function headDimOf(metadata: Metadata, key: (rest: string) => string, hidden: number, heads: number): number {
  const { file } = metadata;
  const given = metadata.has(key('attention.key_length')) ? metadata.count(key('attention.key_length')) : undefined;
  const headDim = given ?? hidden / heads;
  if (headDim % 2 !== 0) throw corrupt(file, `a head takes ${headDim} numbers (${hidden} in ${heads} heads); an even number was expected.`);
  for (const rest of ['attention.value_length', 'rope.dimension_count']) {
    const other = metadata.number(key(rest)) ?? headDim;
    if (other !== headDim) throw unsupported(file, `metadata "${key(rest)}" is ${other}, where the size of a head, ${headDim}, was expected.`, takeAnother);
  }
  return headDim;
}

function vocabularyOf(file: string, tensors: readonly GgufTensor[]): number {
  const rows = tensors.find(({ name }) => name === 'token_embd.weight')?.shape[0];
  if (rows === undefined) throw corrupt(file, 'the tensor "token_embd.weight" is missing.');
  return rows;
}
