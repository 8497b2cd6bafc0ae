/** The configuration of a vision tower: CLIP's, SigLIP's, and SigLIP's as Idefics3 and SmolVLM carry it. */
import * as v from 'valibot';
import type { ActivationName } from '../../ops/activation/kernels';
import { activation, count, mustDivide, only, read } from './fields';

export type TowerKind = 'clip' | 'siglip' | 'idefics3';

export interface TowerConfig {
  /**
   * CLIP puts a class token before the patches, normalises before its first layer and embeds patches without a bias;
   * SigLIP does none of these. Idefics3's is SigLIP's with positions found by their fraction of the image.
   */
  kind: TowerKind;
  hidden: number;
  intermediate: number;
  layers: number;
  heads: number;
  /** Sides of the square image and of a patch, in pixels. */
  image: number;
  patch: number;
  activation: ActivationName;
  epsilon: number;
  /**
   * The hidden states that are read, joined along the features where there are several: 0 enters the first layer, `layers`
   * leaves the last.
   */
  reads: number[];
  /** Whether the first token of what is read is dropped: CLIP's class token. */
  dropsFirst: boolean;
  /** Whether what leaves the last layer is normalised before it is read. */
  postNorm: boolean;
}

const schema = v.object({
  hidden_size: v.optional(count),
  intermediate_size: v.optional(count),
  num_hidden_layers: v.optional(count),
  num_attention_heads: v.optional(count),
  num_channels: only(3),
  image_size: v.optional(count),
  patch_size: v.optional(count),
  hidden_act: v.optional(activation),
  layer_norm_eps: v.optional(v.number()),
});

/** What `transformers` takes for fields that a file leaves out. */
const defaults = {
  clip: { hidden: 768, intermediate: 3072, layers: 12, heads: 12, image: 224, patch: 32, activation: 'quick_gelu', epsilon: 1e-5 },
  siglip: { hidden: 768, intermediate: 3072, layers: 12, heads: 12, image: 224, patch: 16, activation: 'gelu_pytorch_tanh', epsilon: 1e-6 },
  idefics3: { hidden: 1152, intermediate: 3072, layers: 12, heads: 16, image: 224, patch: 32, activation: 'gelu_pytorch_tanh', epsilon: 1e-6 },
} as const;

/** How a tower is read when nobody says otherwise: whole, to its very end. */
export const readWhole = (layers: number): Pick<TowerConfig, 'reads' | 'dropsFirst' | 'postNorm'> => ({ reads: [layers], dropsFirst: false, postNorm: true });

/** Reads a tower's configuration; `path` names where it stands in the file. Throws `checkpoint/unsupported`. */
export function towerConfig(json: unknown, kind: TowerKind, path: string): TowerConfig {
  const raw = read(schema, json, path);
  const own = defaults[kind];
  const layers = raw.num_hidden_layers ?? own.layers;
  const config: TowerConfig = {
    kind,
    hidden: raw.hidden_size ?? own.hidden,
    intermediate: raw.intermediate_size ?? own.intermediate,
    layers,
    heads: raw.num_attention_heads ?? own.heads,
    image: raw.image_size ?? own.image,
    patch: raw.patch_size ?? own.patch,
    activation: raw.hidden_act ?? own.activation,
    epsilon: raw.layer_norm_eps ?? own.epsilon,
    ...readWhole(layers),
  };
  const at = (field: string): string => [path, field].filter(Boolean).join('.');
  mustDivide(at('image_size'), config.image, 'patch_size', config.patch);
  mustDivide(at('hidden_size'), config.hidden, 'num_attention_heads', config.heads);
  return config;
}

/** Patches along one side of the image. */
export const patchesAcross = ({ image, patch }: TowerConfig): number => image / patch;

/** Rows that go through the tower for one image. */
export const towerTokens = (tower: TowerConfig): number => patchesAcross(tower) ** 2 + (tower.kind === 'clip' ? 1 : 0);

/** Rows that are read of one image, and their width. */
export const featureRows = (tower: TowerConfig): number => towerTokens(tower) - (tower.dropsFirst ? 1 : 0);
export const featureWidth = ({ hidden, reads }: TowerConfig): number => hidden * reads.length;
