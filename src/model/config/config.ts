/**
 * The `config.json` of a LLaVA-shaped checkpoint, read and narrowed to what the model is written for. Fields that a
 * file leaves out have the defaults of Hugging Face's `transformers`; a value that this model would compute wrongly is refused.
 */
import * as v from 'valibot';
import { ComdError } from '../errors';
import { type ActivationName, activations } from '../ops/activation';

export interface VisionConfig {
  hidden: number;
  intermediate: number;
  layers: number;
  heads: number;
  /** Sides of the square image and of a patch, in pixels. */
  image: number;
  patch: number;
  activation: ActivationName;
  epsilon: number;
}

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
  /** Whether the output head is the embedding itself. */
  tied: boolean;
}

export interface ModelConfig {
  vision: VisionConfig;
  decoder: DecoderConfig;
  connector: {
    activation: ActivationName;
  };
  features: {
    /** How many layers of the tower run before its hidden state is taken. */
    layers: number;
    /** Whether the class token is dropped. */
    patchesOnly: boolean;
  };
  /** Tokens that stand for one image. */
  imageTokens: number;
  /** Id of the `<image>` placeholder. */
  imageToken: number;
}

const count = v.pipe(v.number(), v.integer(), v.minValue(1));
const activation = v.picklist(activations);
/** Fields whose only supported value is the one given, absence included. */
const only = <const T extends boolean | number | string>(value: T) => v.optional(v.nullable(v.literal(value)));
const rope = v.looseObject({ rope_theta: v.optional(v.number()), rope_type: only('default'), type: only('default') });

const visionSchema = v.object({
  model_type: v.optional(v.literal('clip_vision_model')),
  hidden_size: v.optional(count, 768),
  intermediate_size: v.optional(count, 3072),
  num_hidden_layers: v.optional(count, 12),
  num_attention_heads: v.optional(count, 12),
  num_channels: only(3),
  image_size: v.optional(count, 224),
  patch_size: v.optional(count, 32),
  hidden_act: v.optional(activation, 'quick_gelu'),
  layer_norm_eps: v.optional(v.number(), 1e-5),
});

const textSchema = v.object({
  model_type: v.optional(v.literal('llama')),
  hidden_size: v.optional(count, 4096),
  intermediate_size: v.optional(count, 11008),
  num_hidden_layers: v.optional(count, 32),
  num_attention_heads: v.optional(count, 32),
  num_key_value_heads: v.nullish(count),
  head_dim: v.nullish(count),
  vocab_size: v.optional(count, 32000),
  hidden_act: only('silu'),
  rms_norm_eps: v.optional(v.number(), 1e-6),
  rope_theta: v.optional(v.number()),
  rope_parameters: v.nullish(rope),
  rope_scaling: v.nullish(rope),
  tie_word_embeddings: v.optional(v.boolean()),
  attention_bias: only(false),
  mlp_bias: only(false),
});

const schema = v.object({
  model_type: v.literal('llava'),
  vision_config: visionSchema,
  text_config: textSchema,
  projector_hidden_act: v.optional(activation, 'gelu'),
  vision_feature_layer: v.optional(v.pipe(v.number(), v.integer()), -2),
  vision_feature_select_strategy: v.optional(v.picklist(['default', 'full']), 'default'),
  image_token_index: v.optional(v.number()),
  image_token_id: v.optional(v.number()),
  tie_word_embeddings: v.optional(v.boolean()),
});
type Raw = v.InferOutput<typeof schema>;

/** Throws `checkpoint/unsupported` naming the field, what is supported and what was found. */
export function parseConfig(json: unknown): ModelConfig {
  const parsed = v.safeParse(schema, json);
  if (!parsed.success) {
    const issue = parsed.issues[0];
    throw unsupported(v.getDotPath(issue) ?? 'the file', issue.expected ?? 'another value', issue.received);
  }
  const raw = parsed.output;
  const vision = visionOf(raw.vision_config);
  const features = featuresOf(raw, vision);
  const patches = (vision.image / vision.patch) ** 2;
  return {
    vision,
    decoder: decoderOf(raw),
    connector: { activation: raw.projector_hidden_act },
    features,
    imageTokens: patches + (features.patchesOnly ? 0 : 1),
    imageToken: raw.image_token_id ?? raw.image_token_index ?? 32000,
  };
}

function visionOf(raw: Raw['vision_config']): VisionConfig {
  mustDivide('vision_config.image_size', raw.image_size, 'patch_size', raw.patch_size);
  mustDivide('vision_config.hidden_size', raw.hidden_size, 'num_attention_heads', raw.num_attention_heads);
  return {
    hidden: raw.hidden_size,
    intermediate: raw.intermediate_size,
    layers: raw.num_hidden_layers,
    heads: raw.num_attention_heads,
    image: raw.image_size,
    patch: raw.patch_size,
    activation: raw.hidden_act,
    epsilon: raw.layer_norm_eps,
  };
}

function decoderOf({ text_config: raw, tie_word_embeddings }: Raw): DecoderConfig {
  const heads = raw.num_attention_heads;
  const kvHeads = raw.num_key_value_heads ?? heads;
  mustDivide('text_config.num_attention_heads', heads, 'num_key_value_heads', kvHeads);
  if (raw.head_dim == null) mustDivide('text_config.hidden_size', raw.hidden_size, 'num_attention_heads', heads);
  const headDim = raw.head_dim ?? raw.hidden_size / heads;
  mustDivide('text_config.head_dim', headDim, 'the two halves that rotary positions need', 2);
  return {
    hidden: raw.hidden_size,
    intermediate: raw.intermediate_size,
    layers: raw.num_hidden_layers,
    heads, kvHeads, headDim,
    vocabulary: raw.vocab_size,
    epsilon: raw.rms_norm_eps,
    theta: raw.rope_parameters?.rope_theta ?? raw.rope_theta ?? 10000,
    tied: tie_word_embeddings ?? raw.tie_word_embeddings ?? false,
  };
}

/** Hidden state 0 enters the first layer; a negative index counts from the last layer's output. */
function featuresOf(raw: Raw, vision: VisionConfig): ModelConfig['features'] {
  const index = raw.vision_feature_layer;
  const layers = index < 0 ? vision.layers + 1 + index : index;
  if (layers < 0 || layers > vision.layers) {
    throw unsupported('vision_feature_layer', `a hidden state of ${vision.layers} layers`, String(index));
  }
  return { layers, patchesOnly: raw.vision_feature_select_strategy === 'default' };
}

function mustDivide(field: string, value: number, divisor: string, by: number): void {
  if (value % by !== 0) throw unsupported(field, `a multiple of ${divisor} (${by})`, String(value));
}

function unsupported(field: string, expected: string, found: string): ComdError {
  return new ComdError(
    'checkpoint/unsupported',
    `config.json: "${field}" must be ${expected}, but is ${found}.`,
    'Use a LLaVA checkpoint with a CLIP vision tower and a Llama decoder, or add its family under src/model.',
  );
}
