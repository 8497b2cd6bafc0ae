/**
 * Which tensors a configuration asks for and of which shape, and the check of a checkpoint against it. It reads no
 * numbers: everything is refused before anything runs.
 */
import { ComdError } from '../errors';
import { type ConnectorConfig, type ModelConfig, outputHeadName } from './config/config';
import type { DecoderConfig } from './config/decoder';
import { patchesAcross, towerTokens, type TowerConfig } from './config/tower';

export type Shape = readonly number[];
/** What is known of a stored tensor before it is read. */
export interface Listed {
  shape: Shape;
  file: string;
}

/** Name and shape of every tensor that the model computes with, as stored: linear weights are `[out, in]`. */
export function expectedTensors({ tower, connector, decoder }: ModelConfig, listed: ReadonlyMap<string, Listed>): Map<string, Shape> {
  return new Map([
    ...(tower ? towerTensors(tower) : []),
    ...(connector && decoder ? connectorTensors(connector, decoder, listed) : []),
    ...(decoder ? decoderTensors(decoder) : []),
  ]);
}

/** Throws `checkpoint/missing-file` for an absent tensor and `checkpoint/shape` for one of another shape; `place` is for the message. */
export function checkTensors(config: ModelConfig, listed: ReadonlyMap<string, Listed>, place = 'the checkpoint'): void {
  for (const [name, shape] of expectedTensors(config, listed)) {
    const found = listed.get(name);
    if (!found) {
      throw new ComdError('checkpoint/missing-file', `There is no tensor "${name}" in ${place}; config.json asks for it as ${words(shape)}.`,
        'Fetch every shard that the index names, or use the config.json that belongs to these weights.');
    }
    if (!same(shape, found.shape)) {
      throw new ComdError('checkpoint/shape',
        `${found.file}: tensor "${name}" must be ${words(shape)} by config.json, but is ${words(found.shape)}.`,
        'Use the config.json and the weights of one and the same checkpoint.');
    }
  }
}

/** Whether a checkpoint's connector has two layers; Idefics3's and LLaVA's first have one. */
export function hasSecondLinear(names: { has(name: string): boolean }): boolean {
  return names.has('multi_modal_projector.linear_2.weight');
}

/**
 * Whether the model keeps this tensor transposed, `[in, out]`: the weights that rows are multiplied by. Embeddings
 * are looked up by row and stay as they are.
 */
export function isLinear(name: string): boolean {
  return /(_proj|fc1|fc2|linear_1|linear_2|lm_head|patch_embedding|lora_A|lora_B)\.weight$/.test(name);
}

/** Whether the tensor may be kept packed: the large frozen matrices of tower and decoder, embeddings and output head. */
export function isPackable(name: string): boolean {
  return /^(vision_tower|language_model)\..*(_proj|fc1|fc2|lm_head|embed_tokens)\.weight$/.test(name);
}

function* towerTensors(tower: TowerConfig): Iterable<[string, Shape]> {
  const root = 'vision_tower.vision_model';
  const { hidden, intermediate, patch } = tower;
  const isClip = tower.kind === 'clip';
  if (isClip) yield [`${root}.embeddings.class_embedding`, [hidden]];
  yield [`${root}.embeddings.patch_embedding.weight`, [hidden, 3, patch, patch]];
  if (!isClip) yield [`${root}.embeddings.patch_embedding.bias`, [hidden]];
  yield [`${root}.embeddings.position_embedding.weight`, [isClip ? towerTokens(tower) : patchesAcross(tower) ** 2, hidden]];
  if (isClip) yield* affine(`${root}.pre_layrnorm`, [hidden]);
  for (let i = 0; i < Math.max(...tower.reads); i++) {
    const layer = `${root}.encoder.layers.${i}`;
    yield* affine(`${layer}.layer_norm1`, [hidden]);
    for (const name of ['q_proj', 'k_proj', 'v_proj', 'out_proj']) yield* affine(`${layer}.self_attn.${name}`, [hidden, hidden]);
    yield* affine(`${layer}.layer_norm2`, [hidden]);
    yield* affine(`${layer}.mlp.fc1`, [intermediate, hidden]);
    yield* affine(`${layer}.mlp.fc2`, [hidden, intermediate]);
  }
  if (tower.postNorm) yield* affine(`${root}.post_layernorm`, [hidden]);
}

function* connectorTensors({ inputs }: ConnectorConfig, { hidden }: DecoderConfig, listed: ReadonlyMap<string, Listed>): Iterable<[string, Shape]> {
  const bias = listed.has('multi_modal_projector.linear_1.bias');
  yield* linear('multi_modal_projector.linear_1', [hidden, inputs], bias);
  if (hasSecondLinear(listed)) yield* linear('multi_modal_projector.linear_2', [hidden, hidden], bias);
}

function* decoderTensors(decoder: DecoderConfig): Iterable<[string, Shape]> {
  const { hidden, intermediate, heads, kvHeads, headDim, vocabulary, bias } = decoder;
  yield ['language_model.model.embed_tokens.weight', [vocabulary, hidden]];
  for (let i = 0; i < decoder.layers; i++) {
    const layer = `language_model.model.layers.${i}`;
    yield [`${layer}.input_layernorm.weight`, [hidden]];
    yield* linear(`${layer}.self_attn.q_proj`, [heads * headDim, hidden], bias.qkv);
    yield* linear(`${layer}.self_attn.k_proj`, [kvHeads * headDim, hidden], bias.qkv);
    yield* linear(`${layer}.self_attn.v_proj`, [kvHeads * headDim, hidden], bias.qkv);
    yield* linear(`${layer}.self_attn.o_proj`, [hidden, heads * headDim], bias.output);
    yield [`${layer}.post_attention_layernorm.weight`, [hidden]];
    yield* linear(`${layer}.mlp.gate_proj`, [intermediate, hidden], bias.mlp);
    yield* linear(`${layer}.mlp.up_proj`, [intermediate, hidden], bias.mlp);
    yield* linear(`${layer}.mlp.down_proj`, [hidden, intermediate], bias.mlp);
  }
  yield ['language_model.model.norm.weight', [hidden]];
  if (!decoder.tied) yield [outputHeadName, [vocabulary, hidden]];
}

function* linear(name: string, shape: Shape, bias: boolean): Iterable<[string, Shape]> {
  if (bias) yield* affine(name, shape);
  else yield [`${name}.weight`, shape];
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
