/**
 * A checkpoint's `config.json`, read and narrowed to what the model is written for: a vision tower, a connector and a
 * decoder, or one of the parts alone. Fields that a file leaves out have the defaults of Hugging Face's `transformers`;
 * a value that this model would compute wrongly is refused.
 */
import * as v from 'valibot';
import type { ActivationName } from '../../ops/activation/kernels';
import { type DecoderConfig, decoderConfig, isDecoderType } from './decoder';
import { activation, count, index, mustDivide, read, unsupported } from './fields';
import { featureRows, featureWidth, patchesAcross, type TowerConfig, towerConfig, type TowerKind } from './tower';

export interface ConnectorConfig {
  activation: ActivationName;
  /** Squares of this many by this many patches become one token (pixel shuffle); 1 leaves them. */
  shuffle: number;
  /** Width of what comes in. */
  inputs: number;
  /** Tokens that stand for one image, or for one tile of it. */
  tokens: number;
  /** Id of the image placeholder. */
  placeholder: number;
  /** How a prompt shows an image: placeholders alone, or tiles between tokens that say where they stand. */
  style: 'repeat' | 'tiles';
}

export interface ModelConfig {
  /** `model_type` */
  family: string;
  /** Null for a bare decoder. */
  tower: TowerConfig | null;
  /** Null for a part alone. */
  connector: ConnectorConfig | null;
  /** Null for a bare tower. */
  decoder: DecoderConfig | null;
}

export const outputHeadName = 'language_model.lm_head.weight';

const familySchema = v.looseObject({ model_type: v.string() });

/** Which tensors a checkpoint holds, by canonical name. */
interface Held {
  has(name: string): boolean;
}

/**
 * Throws `checkpoint/unsupported` naming the field, what is supported and what was found.
 * @param held decides about the output head where the file contradicts itself
 */
export function parseConfig(json: unknown, held: Held = new Set<string>()): ModelConfig {
  const { model_type: family } = read(familySchema, json);
  if (family === 'llava') return llavaConfig(json, held);
  if (family === 'idefics3' || family === 'smolvlm') return tiledConfig(family, json, held);
  const bare = { family, tower: null, connector: null, decoder: null };
  if (isDecoderType(family)) return { ...bare, decoder: decoderConfig(json, '') };
  const vision = /^(clip|siglip)(_vision_model)?$/.exec(family);
  if (vision === null) throw unsupported('model_type', 'one of llava, idefics3, smolvlm, llama, mistral, qwen2, clip, clip_vision_model, siglip, siglip_vision_model', family);
  const kind = vision[1] as TowerKind;
  return { ...bare, tower: vision[2] === undefined ? towerConfig(partOf(json, 'vision_config'), kind, 'vision_config') : towerConfig(json, kind, '') };
}

const part = v.optional(v.looseObject({ model_type: v.optional(v.string()), tie_word_embeddings: v.optional(v.boolean()) }), {});
const placeholders = { image_token_index: v.nullish(index), image_token_id: v.nullish(index) };
const layerIndex = v.union([index, v.pipe(v.array(index), v.minLength(1))]);

const llavaSchema = v.object({
  vision_config: part,
  text_config: part,
  projector_hidden_act: v.optional(activation, 'gelu'),
  vision_feature_layer: v.optional(layerIndex, -2),
  vision_feature_select_strategy: v.optional(v.picklist(['default', 'full']), 'default'),
  tie_word_embeddings: v.optional(v.boolean()),
  ...placeholders,
});

function llavaConfig(json: unknown, held: Held): ModelConfig {
  const raw = read(llavaSchema, json);
  const whole = towerConfig(raw.vision_config, llavaTower(raw.vision_config.model_type), 'vision_config');
  const reads = [raw.vision_feature_layer].flat().map((layer) => hiddenState(layer, whole.layers));
  // LLaVA reads hidden states as they leave a layer; a normalisation after the last one is not among them.
  const tower = { ...whole, reads, dropsFirst: raw.vision_feature_select_strategy === 'default', postNorm: false };
  return {
    family: 'llava', tower,
    connector: {
      activation: raw.projector_hidden_act, shuffle: 1, inputs: featureWidth(tower), tokens: featureRows(tower),
      placeholder: raw.image_token_id ?? raw.image_token_index ?? 32000, style: 'repeat',
    },
    decoder: decoderConfig(raw.text_config, 'text_config', tiedOf(raw, held)),
  };
}

function llavaTower(type = 'clip_vision_model'): TowerKind {
  if (type === 'clip_vision_model') return 'clip';
  if (type === 'siglip_vision_model') return 'siglip';
  throw unsupported('vision_config.model_type', 'clip_vision_model or siglip_vision_model', type);
}

/** Hidden state 0 enters the first layer; a negative index counts from the last layer's output. */
function hiddenState(layer: number, layers: number): number {
  const state = layer < 0 ? layers + 1 + layer : layer;
  if (state < 0 || state > layers) throw unsupported('vision_feature_layer', `a hidden state of ${layers} layers`, String(layer));
  return state;
}

const tiledSchema = v.object({
  vision_config: part,
  text_config: part,
  scale_factor: v.optional(count, 2),
  tie_word_embeddings: v.optional(v.boolean()),
  ...placeholders,
});

/** Idefics3 and SmolVLM: SigLIP read to its end, patches shuffled into fewer tokens, one linear layer. */
function tiledConfig(family: 'idefics3' | 'smolvlm', json: unknown, held: Held): ModelConfig {
  const raw = read(tiledSchema, json);
  const tower = towerConfig(raw.vision_config, 'idefics3', 'vision_config');
  const shuffle = raw.scale_factor;
  mustDivide('vision_config.image_size over patch_size', patchesAcross(tower), 'scale_factor', shuffle);
  return {
    family, tower,
    connector: {
      activation: 'gelu', shuffle, inputs: featureWidth(tower) * shuffle ** 2, tokens: featureRows(tower) / shuffle ** 2,
      placeholder: raw.image_token_id ?? raw.image_token_index ?? 128257, style: 'tiles',
    },
    decoder: decoderConfig(raw.text_config, 'text_config', tiedOf(raw, held)),
  };
}

/** Today's releases heed the model's own word; older ones heeded the decoder's, and left the model's at its default. */
function tiedOf(raw: { tie_word_embeddings?: boolean; text_config: { tie_word_embeddings?: boolean } }, held: Held): boolean {
  if (raw.tie_word_embeddings === true) return true;
  return raw.text_config.tie_word_embeddings === true && !(raw.tie_word_embeddings === false && held.has(outputHeadName));
}

function partOf(json: unknown, name: string): unknown {
  return read(v.looseObject({ [name]: part }), json)[name];
}
