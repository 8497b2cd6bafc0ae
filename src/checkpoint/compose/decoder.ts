/**
 * The decoder that is taken out of a checkpoint: its configuration as LLaVA's `text_config`, and its tensors under
 * the names that they keep. It reads no numbers.
 */
import * as v from 'valibot';
import type { Checkpoint } from '../checkpoint';
import type { FloatType } from '../dtype';
import type { PlannedTensor } from '../write/shards';
import { count, held, mismatch, read, refuseQuantised, unfit } from './fields';

export interface Decoder {
  /** LLaVA's `text_config`. */
  config: Record<string, unknown>;
  hidden: number;
  /** Rows of the embedding. */
  rows: number;
  /** Whether the output head is the embedding itself. */
  tied: boolean;
  /** Of the embedding; the other weights are mostly of the same. */
  dtype: FloatType;
  /** In the order in which the checkpoint is read. */
  tensors: PlannedTensor[];
}

const root = 'language_model.';
export const embeddingName = `${root}model.embed_tokens.weight`;
export const headName = `${root}lm_head.weight`;

const decoders = ['llama', 'mistral', 'qwen2'];
/** Fields that tell of a file and not of a decoder. */
const ofTheFile = [
  'architectures', 'auto_map', 'dtype', 'torch_dtype', 'transformers_version', 'transformers.js_config', '_name_or_path',
  '_attn_implementation_autoset', '_flash_attn_2_enabled',
];
const schema = v.looseObject({
  num_hidden_layers: v.optional(count, 32),
  vocab_size: v.optional(count),
  hidden_size: v.optional(count),
});

/** Throws `checkpoint/unsupported`, `checkpoint/missing-file`, `checkpoint/shape`. */
export function decoderOf(checkpoint: Checkpoint): Decoder {
  refuseQuantised(checkpoint, 'decoder');
  const raw = textConfig(checkpoint);
  const config = read(checkpoint, 'config.json', schema, raw);
  for (const name of expected(config.num_hidden_layers)) held(checkpoint, root + name, 'decoder');
  if (checkpoint.tokenizer === undefined) {
    throw unfit(checkpoint, 'decoder', 'it has no tokenizer.json.', 'Choose a checkpoint with a fast tokenizer beside its weights.');
  }
  const { shape, dtype } = held(checkpoint, embeddingName, 'decoder');
  const [rows, hidden] = shape as [number, number];
  if ((config.vocab_size ?? rows) !== rows || (config.hidden_size ?? hidden) !== hidden) {
    throw mismatch(checkpoint, 'decoder', `config.json gives it ${config.vocab_size ?? rows} embeddings of ${config.hidden_size ?? hidden} numbers, but embed_tokens is [${shape.join(', ')}].`);
  }
  const tied = isTied(checkpoint, raw);
  if (!tied) held(checkpoint, headName, 'decoder');
  return {
    config: { ...raw, vocab_size: rows, hidden_size: hidden, tie_word_embeddings: tied }, hidden, rows, tied, dtype,
    tensors: [...checkpoint.tensors].filter(([name]) => name.startsWith(root) && !(tied && name === headName))
      .map(([name, tensor]) => ({ name, dtype: tensor.dtype, shape: tensor.shape })),
  };
}

/** Today's releases heed the model's own word; older ones heeded the decoder's, and left the model's at its default. */
function isTied({ config, tensors }: Checkpoint, text: Record<string, unknown>): boolean {
  const { tie_word_embeddings: whole } = config as { tie_word_embeddings?: unknown };
  return whole === true || (text.tie_word_embeddings === true && !(whole === false && tensors.has(headName)));
}

function isBare({ config }: Checkpoint): boolean {
  return decoders.includes(String((config as { model_type?: unknown }).model_type));
}

function textConfig(checkpoint: Checkpoint): Record<string, unknown> {
  const config = (checkpoint.config ?? {}) as Record<string, unknown>;
  const type = String(config.model_type);
  if (!isBare(checkpoint) && !['llava', 'idefics3', 'smolvlm'].includes(type)) {
    throw unfit(checkpoint, 'decoder', `its model_type is ${type}, which has no decoder known here.`,
      'Choose llama, mistral, qwen2, a GGUF file of those, or the decoder of a llava, idefics3 or smolvlm checkpoint.');
  }
  const text = { model_type: 'llama', ...(isBare(checkpoint) ? config : config.text_config as object) };
  if (!decoders.includes(text.model_type)) {
    throw unfit(checkpoint, 'decoder', `its text_config has the model_type ${text.model_type}.`, `Choose one with ${decoders.join(', ')}.`);
  }
  return Object.fromEntries(Object.entries(text).filter(([field]) => !ofTheFile.includes(field)));
}

function* expected(layers: number): Iterable<string> {
  yield 'model.embed_tokens.weight';
  yield 'model.norm.weight';
  const parts = ['input_layernorm', 'post_attention_layernorm', ...['q', 'k', 'v', 'o'].map((p) => `self_attn.${p}_proj`), ...['gate', 'up', 'down'].map((p) => `mlp.${p}_proj`)];
  for (let i = 0; i < layers; i++) yield* parts.map((part) => `model.layers.${i}.${part}.weight`);
}
