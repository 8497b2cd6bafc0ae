/** The configuration of a decoder: Llama, and its relatives Mistral and Qwen2. */
import * as v from 'valibot';
import { count, mustDivide, only, read, unsupported } from './fields';

/** How rotary frequencies are stretched for contexts longer than a model was first trained on. */
export type RopeScaling =
  | { kind: 'linear'; factor: number }
  | { kind: 'llama3'; factor: number; low: number; high: number; original: number };

export interface DecoderConfig {
  hidden: number;
  intermediate: number;
  layers: number;
  heads: number;
  kvHeads: number;
  headDim: number;
  vocabulary: number;
  epsilon: number;
  /** Base of the rotary frequencies. */
  theta: number;
  scaling: RopeScaling | null;
  /** How many tokens back a query looks, itself included; null for all. */
  window: number | null;
  /** Which projections have a bias: of queries, keys and values; of attention's output; of the feed-forward. */
  bias: { qkv: boolean; output: boolean; mlp: boolean };
  /** Whether the output head is the embedding itself. */
  tied: boolean;
}

const decoderTypes = ['llama', 'mistral', 'qwen2'] as const;
type DecoderType = (typeof decoderTypes)[number];
export function isDecoderType(type: unknown): type is DecoderType {
  return (decoderTypes as readonly unknown[]).includes(type);
}

/** What `transformers` takes for a field that a file leaves out, where the relatives differ. */
const defaults = {
  llama: { vocabulary: 32000, intermediate: 11008, kvHeads: null, window: null },
  mistral: { vocabulary: 32000, intermediate: 14336, kvHeads: 8, window: 4096 },
  qwen2: { vocabulary: 151936, intermediate: 22016, kvHeads: 32, window: null },
} as const;

const rope = v.looseObject({
  rope_theta: v.optional(v.number()),
  rope_type: v.optional(v.string()),
  type: v.optional(v.string()),
  factor: v.optional(v.number()),
  low_freq_factor: v.optional(v.number()),
  high_freq_factor: v.optional(v.number()),
  original_max_position_embeddings: v.optional(v.number()),
  partial_rotary_factor: only(1),
});
type Rope = v.InferOutput<typeof rope>;

const schema = v.object({
  model_type: v.optional(v.picklist(decoderTypes), 'llama'),
  hidden_size: v.optional(count, 4096),
  intermediate_size: v.optional(count),
  num_hidden_layers: v.optional(count, 32),
  num_attention_heads: v.optional(count, 32),
  num_key_value_heads: v.nullish(count),
  head_dim: v.nullish(count),
  vocab_size: v.optional(count),
  hidden_act: only('silu'),
  rms_norm_eps: v.optional(v.number(), 1e-6),
  rope_theta: v.nullish(v.number()),
  rope_parameters: v.nullish(rope),
  rope_scaling: v.nullish(rope),
  partial_rotary_factor: only(1),
  sliding_window: v.optional(v.nullable(count)),
  use_sliding_window: only(false),
  tie_word_embeddings: v.optional(v.boolean()),
  attention_bias: v.nullish(v.boolean()),
  mlp_bias: v.nullish(v.boolean()),
});
type Raw = v.InferOutput<typeof schema>;

/**
 * Reads a decoder's configuration; `path` names where it stands in the file. Throws `checkpoint/unsupported`.
 * @param tied of the whole model, which outweighs the decoder's own word
 */
export function decoderConfig(json: unknown, path: string, tied?: boolean): DecoderConfig {
  const raw = read(schema, json, path);
  const at = (field: string): string => [path, field].filter(Boolean).join('.');
  const own = defaults[raw.model_type];
  const heads = raw.num_attention_heads;
  const kvHeads = raw.num_key_value_heads ?? own.kvHeads ?? heads;
  mustDivide(at('num_attention_heads'), heads, 'num_key_value_heads', kvHeads);
  if (raw.head_dim == null) mustDivide(at('hidden_size'), raw.hidden_size, 'num_attention_heads', heads);
  const headDim = raw.head_dim ?? raw.hidden_size / heads;
  mustDivide(at('head_dim'), headDim, 'the two halves that rotary positions need', 2);
  return {
    hidden: raw.hidden_size,
    intermediate: raw.intermediate_size ?? own.intermediate,
    layers: raw.num_hidden_layers,
    heads, kvHeads, headDim,
    vocabulary: raw.vocab_size ?? own.vocabulary,
    epsilon: raw.rms_norm_eps,
    theta: raw.rope_parameters?.rope_theta ?? raw.rope_theta ?? 10000,
    scaling: scalingOf(raw, at),
    window: windowOf(raw),
    bias: biasOf(raw),
    tied: tied ?? raw.tie_word_embeddings ?? false,
  };
}

/** Qwen2 keeps a window in its file that it does not use; Llama has none. */
function windowOf(raw: Raw): number | null {
  if (raw.model_type !== 'mistral') return null;
  return raw.sliding_window === undefined ? defaults.mistral.window : raw.sliding_window;
}

function biasOf({ model_type: type, attention_bias, mlp_bias }: Raw): DecoderConfig['bias'] {
  if (type === 'qwen2') return { qkv: true, output: false, mlp: false };
  const llama = type === 'llama';
  return { qkv: llama && attention_bias === true, output: llama && attention_bias === true, mlp: llama && mlp_bias === true };
}

/** Today's files say `rope_parameters`, older ones `rope_scaling`, the oldest `type` for its kind. */
function scalingOf(raw: Raw, at: (field: string) => string): RopeScaling | null {
  const field = at(raw.rope_parameters == null ? 'rope_scaling' : 'rope_parameters');
  const rope = raw.rope_parameters ?? raw.rope_scaling;
  const kind = rope?.rope_type ?? rope?.type ?? 'default';
  if (rope == null || kind === 'default') return null;
  const given = (name: RopeNumber): number => positive(rope, name, `${field}.${name}`);
  if (kind === 'linear') return { kind, factor: given('factor') };
  if (kind !== 'llama3') throw unsupported(`${field}.rope_type`, 'default, linear or llama3', kind);
  return {
    kind, factor: given('factor'), low: given('low_freq_factor'), high: given('high_freq_factor'), original: given('original_max_position_embeddings'),
  };
}

type RopeNumber = 'factor' | 'low_freq_factor' | 'high_freq_factor' | 'original_max_position_embeddings';

function positive(rope: Rope, name: RopeNumber, field: string): number {
  const value = rope[name];
  if (value === undefined || !(value > 0)) throw unsupported(field, 'a number above 0', String(value));
  return value;
}
