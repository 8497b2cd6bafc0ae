/**
 * Which tensors a configuration asks for and of which shape, and the check of a checkpoint against it. It reads no
 * numbers: everything is refused before anything runs.
 */
import { ComdError } from '../errors';
import type { ModelConfig } from './config';

export type Shape = readonly number[];
/** What is known of a stored tensor before it is read. */
export interface Listed {
  shape: Shape;
  file: string;
}

/** Name and shape of every tensor that the model computes with, as stored: linear weights are `[out, in]`. */
export function expectedTensors(config: ModelConfig, listed: ReadonlyMap<string, Listed>): Map<string, Shape> {
  return new Map([...visionTensors(config), ...connectorTensors(config, listed), ...decoderTensors(config)]);
}

/** Throws `checkpoint/missing-file` for an absent tensor and `checkpoint/shape` for one of another shape. */
export function checkTensors(config: ModelConfig, listed: ReadonlyMap<string, Listed>): void {
  for (const [name, shape] of expectedTensors(config, listed)) {
    const found = listed.get(name);
    if (!found) {
      throw new ComdError('checkpoint/missing-file', `The checkpoint has no tensor "${name}" (${words(shape)}).`,
        'Fetch every shard that the index names, or use the config.json that belongs to these weights.');
    }
    if (!same(shape, found.shape)) {
      throw new ComdError('checkpoint/shape',
        `${found.file}: tensor "${name}" must be ${words(shape)} by config.json, but is ${words(found.shape)}.`,
        'Use the config.json and the weights of one and the same checkpoint.');
    }
  }
}

/** Whether a checkpoint's connector has two layers; the one-layer kind is LLaVA's first. */
export function hasSecondLinear(names: { has(name: string): boolean }): boolean {
  return names.has('multi_modal_projector.linear_2.weight');
}

/**
 * Whether the model keeps this tensor transposed, `[in, out]`: the weights that rows are multiplied by. Embeddings
 * are looked up by row and stay as they are.
 */
export function isLinear(name: string): boolean {
  return /(_proj|fc1|fc2|linear_1|linear_2|lm_head|patch_embedding)\.weight$/.test(name);
}

function* visionTensors({ vision, features }: ModelConfig): Iterable<[string, Shape]> {
  const root = 'vision_tower.vision_model';
  const { hidden, intermediate, patch } = vision;
  yield [`${root}.embeddings.class_embedding`, [hidden]];
  yield [`${root}.embeddings.patch_embedding.weight`, [hidden, 3, patch, patch]];
  yield [`${root}.embeddings.position_embedding.weight`, [(vision.image / patch) ** 2 + 1, hidden]];
  yield* affine(`${root}.pre_layrnorm`, [hidden]);
  for (let i = 0; i < features.layers; i++) {
    const layer = `${root}.encoder.layers.${i}`;
    yield* affine(`${layer}.layer_norm1`, [hidden]);
    for (const name of ['q_proj', 'k_proj', 'v_proj', 'out_proj']) yield* affine(`${layer}.self_attn.${name}`, [hidden, hidden]);
    yield* affine(`${layer}.layer_norm2`, [hidden]);
    yield* affine(`${layer}.mlp.fc1`, [intermediate, hidden]);
    yield* affine(`${layer}.mlp.fc2`, [hidden, intermediate]);
  }
}

function* connectorTensors({ vision, decoder }: ModelConfig, listed: ReadonlyMap<string, Listed>): Iterable<[string, Shape]> {
  const bias = listed.has('multi_modal_projector.linear_1.bias');
  const layer = (name: string, shape: Shape) => bias ? affine(name, shape) : [[`${name}.weight`, shape] as [string, Shape]];
  yield* layer('multi_modal_projector.linear_1', [decoder.hidden, vision.hidden]);
  if (hasSecondLinear(listed)) yield* layer('multi_modal_projector.linear_2', [decoder.hidden, decoder.hidden]);
}

function* decoderTensors({ decoder }: ModelConfig): Iterable<[string, Shape]> {
  const { hidden, intermediate, heads, kvHeads, headDim, vocabulary } = decoder;
  yield ['language_model.model.embed_tokens.weight', [vocabulary, hidden]];
  for (let i = 0; i < decoder.layers; i++) {
    const layer = `language_model.model.layers.${i}`;
    yield [`${layer}.input_layernorm.weight`, [hidden]];
    yield [`${layer}.self_attn.q_proj.weight`, [heads * headDim, hidden]];
    yield [`${layer}.self_attn.k_proj.weight`, [kvHeads * headDim, hidden]];
    yield [`${layer}.self_attn.v_proj.weight`, [kvHeads * headDim, hidden]];
    yield [`${layer}.self_attn.o_proj.weight`, [hidden, heads * headDim]];
    yield [`${layer}.post_attention_layernorm.weight`, [hidden]];
    yield [`${layer}.mlp.gate_proj.weight`, [intermediate, hidden]];
    yield [`${layer}.mlp.up_proj.weight`, [intermediate, hidden]];
    yield [`${layer}.mlp.down_proj.weight`, [hidden, intermediate]];
  }
  yield ['language_model.model.norm.weight', [hidden]];
  if (!decoder.tied) yield ['language_model.lm_head.weight', [vocabulary, hidden]];
}

function* affine(name: string, shape: Shape): Iterable<[string, Shape]> {
  yield [`${name}.weight`, shape];
  yield [`${name}.bias`, [shape[0] as number]];
}

function same(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}

function words(shape: Shape): string {
  return `[${shape.join(', ')}]`;
}
