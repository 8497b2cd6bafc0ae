/**
 * The vision tower that is taken out of a checkpoint: its configuration in full, as LLaVA's `vision_config`, and its
 * tensors under the names that they keep. It reads no numbers.
 */
import * as v from 'valibot';
import type { Checkpoint } from '../checkpoint';
import type { PlannedTensor } from '../write/shards';
import { count, held, mismatch, read, refuseQuantised, unfit } from './fields';

export interface Tower {
  kind: 'clip' | 'siglip';
  /** LLaVA's `vision_config`. */
  config: Record<string, unknown>;
  hidden: number;
  /** Sides of the image and of a patch, in pixels. */
  image: number;
  patch: number;
  /** In the order in which the checkpoint is read. */
  tensors: PlannedTensor[];
}

const root = 'vision_tower.vision_model.';

/** Fields that a file may leave out; each family fills them in its own way. */
const fields = (hidden: number, heads: number, patch: number, activation: string, epsilon: number) => v.object({
  hidden_size: v.optional(count, hidden),
  intermediate_size: v.optional(count, 3072),
  num_hidden_layers: v.optional(count, 12),
  num_attention_heads: v.optional(count, heads),
  num_channels: v.optional(v.literal(3), 3),
  image_size: v.optional(count, 224),
  patch_size: v.optional(count, patch),
  hidden_act: v.optional(v.string(), activation),
  layer_norm_eps: v.optional(v.number(), epsilon),
});
const families = {
  clip: fields(768, 12, 32, 'quick_gelu', 1e-5),
  siglip: fields(768, 12, 16, 'gelu_pytorch_tanh', 1e-6),
  idefics3: fields(1152, 16, 32, 'gelu_pytorch_tanh', 1e-6),
};
type Family = keyof typeof families;

/** Throws `checkpoint/unsupported`, `checkpoint/missing-file`, `checkpoint/shape`. */
export function towerOf(checkpoint: Checkpoint): Tower {
  refuseQuantised(checkpoint, 'vision tower');
  const { family, json } = visionConfig(checkpoint);
  const config = read(checkpoint, 'config.json', families[family], json);
  const kind = family === 'clip' ? 'clip' : 'siglip';
  if (![...checkpoint.tensors.keys()].some((name) => name.startsWith(root))) {
    throw unfit(checkpoint, 'vision tower', 'it has no vision tensors.', 'Choose a CLIP or SigLIP checkpoint, or one of a whole model that sees.');
  }
  for (const name of expected(kind, config.num_hidden_layers)) held(checkpoint, root + name, 'vision tower');
  const { shape } = held(checkpoint, `${root}embeddings.position_embedding.weight`, 'vision tower');
  const positions = (config.image_size / config.patch_size) ** 2 + (kind === 'clip' ? 1 : 0);
  if (shape[0] !== positions || shape[1] !== config.hidden_size) {
    throw mismatch(checkpoint, 'vision tower', `config.json gives it ${positions} positions of ${config.hidden_size} numbers, but its position_embedding is [${shape.join(', ')}].`);
  }
  return {
    kind, hidden: config.hidden_size, image: config.image_size, patch: config.patch_size,
    config: {
      model_type: `${kind}_vision_model`, ...config, attention_dropout: 0,
      // The pooling head answers about whole images; LLaVA reads patches.
      ...(kind === 'siglip' ? { vision_use_head: false } : {}),
    },
    tensors: [...checkpoint.tensors].filter(([name]) => name.startsWith(root) && !name.startsWith(`${root}head.`))
      .map(([name, { dtype, shape }]) => ({ name, dtype, shape })),
  };
}

function visionConfig(checkpoint: Checkpoint): { family: Family; json: unknown } {
  const config = (checkpoint.config ?? {}) as { model_type?: unknown; vision_config?: { model_type?: unknown } };
  const type = String(config.model_type);
  const inner = config.vision_config ?? {};
  if (type === 'clip_vision_model' || type === 'siglip_vision_model') return { family: type === 'clip_vision_model' ? 'clip' : 'siglip', json: config };
  if (type === 'clip' || type === 'siglip') return { family: type, json: inner };
  if (type === 'idefics3' || type === 'smolvlm') return { family: 'idefics3', json: inner };
  const innerType = String(inner.model_type ?? 'clip_vision_model');
  if (type === 'llava' && innerType === 'clip_vision_model') return { family: 'clip', json: inner };
  if (type === 'llava' && innerType === 'siglip_vision_model') return { family: 'siglip', json: inner };
  throw unfit(checkpoint, 'vision tower', `its model_type is ${type}${type === 'llava' ? ` with ${innerType}` : ''}, which has no tower known here.`,
    'Choose clip, clip_vision_model, siglip, siglip_vision_model, or the tower of a llava, idefics3 or smolvlm checkpoint.');
}

function* expected(kind: 'clip' | 'siglip', layers: number): Iterable<string> {
  yield 'embeddings.patch_embedding.weight';
  if (kind === 'siglip') yield 'embeddings.patch_embedding.bias';
  else yield 'embeddings.class_embedding';
  const affine = [...(kind === 'clip' ? ['pre_layrnorm'] : []), 'post_layernorm'];
  const parts = ['layer_norm1', 'layer_norm2', 'self_attn.q_proj', 'self_attn.k_proj', 'self_attn.v_proj', 'self_attn.out_proj', 'mlp.fc1', 'mlp.fc2'];
  for (let i = 0; i < layers; i++) affine.push(...parts.map((part) => `encoder.layers.${i}.${part}`));
  for (const name of affine) yield* [`${name}.weight`, `${name}.bias`];
}
