import { describe, expect, it } from 'vitest';
import { canonicalName } from '../../../src/checkpoint/names';

const tower = 'vision_tower.vision_model';
const decoder = 'language_model.model';
const head = 'language_model.lm_head.weight';

/** As `save_pretrained` of transformers 4 and 5 wrote them. */
describe('canonical names', () => {
  it.each([
    ['vision_tower.vision_model.encoder.layers.0.mlp.fc1.weight', `${tower}.encoder.layers.0.mlp.fc1.weight`],
    ['model.vision_tower.vision_model.pre_layrnorm.bias', `${tower}.pre_layrnorm.bias`],
    ['vision_tower.embeddings.class_embedding', `${tower}.embeddings.class_embedding`],
    ['model.vision_tower.encoder.layers.1.self_attn.q_proj.bias', `${tower}.encoder.layers.1.self_attn.q_proj.bias`],
    ['vision_tower.head.attention.in_proj_weight', `${tower}.head.attention.in_proj_weight`],
    ['multi_modal_projector.linear_1.weight', 'multi_modal_projector.linear_1.weight'],
    ['model.multi_modal_projector.linear_2.bias', 'multi_modal_projector.linear_2.bias'],
    ['language_model.model.embed_tokens.weight', `${decoder}.embed_tokens.weight`],
    ['model.language_model.embed_tokens.weight', `${decoder}.embed_tokens.weight`],
    ['model.language_model.layers.3.self_attn.o_proj.weight', `${decoder}.layers.3.self_attn.o_proj.weight`],
    ['language_model.lm_head.weight', head],
    ['lm_head.weight', head],
  ])('of llava: %s is %s', (stored, canonical) => {
    expect(canonicalName(stored, 'llava')).toBe(canonical);
    expect(canonicalName(canonical, 'llava')).toBe(canonical);
  });

  it.each(['idefics3', 'smolvlm'])('of %s are those of its parts', (family) => {
    expect(canonicalName('model.text_model.layers.0.mlp.gate_proj.weight', family)).toBe(`${decoder}.layers.0.mlp.gate_proj.weight`);
    expect(canonicalName('model.text_model.embed_tokens.weight', family)).toBe(`${decoder}.embed_tokens.weight`);
    expect(canonicalName('model.vision_model.embeddings.patch_embedding.bias', family)).toBe(`${tower}.embeddings.patch_embedding.bias`);
    expect(canonicalName('model.vision_model.post_layernorm.weight', family)).toBe(`${tower}.post_layernorm.weight`);
    expect(canonicalName('model.connector.modality_projection.proj.weight', family)).toBe('multi_modal_projector.linear_1.weight');
    expect(canonicalName('lm_head.weight', family)).toBe(head);
  });

  it.each(['llama', 'mistral', 'qwen2'])('of %s are those of a decoder, with and without its head', (family) => {
    expect(canonicalName('model.layers.0.self_attn.q_proj.weight', family)).toBe(`${decoder}.layers.0.self_attn.q_proj.weight`);
    expect(canonicalName('layers.0.self_attn.q_proj.bias', family)).toBe(`${decoder}.layers.0.self_attn.q_proj.bias`);
    expect(canonicalName('model.norm.weight', family)).toBe(`${decoder}.norm.weight`);
    expect(canonicalName('embed_tokens.weight', family)).toBe(`${decoder}.embed_tokens.weight`);
    expect(canonicalName('lm_head.weight', family)).toBe(head);
  });

  it.each(['clip', 'siglip'])('of %s are those of its tower, and its other parts keep theirs', (family) => {
    expect(canonicalName('vision_model.encoder.layers.0.layer_norm1.weight', family)).toBe(`${tower}.encoder.layers.0.layer_norm1.weight`);
    expect(canonicalName('vision_model.head.probe', family)).toBe(`${tower}.head.probe`);
    for (const own of ['text_model.final_layer_norm.bias', 'logit_scale', 'logit_bias', 'text_projection.weight', 'visual_projection.weight']) {
      expect(canonicalName(own, family)).toBe(own);
    }
  });

  it.each(['clip_vision_model', 'siglip_vision_model'])('of %s are those of a tower, however they are written', (family) => {
    expect(canonicalName('vision_model.post_layernorm.weight', family)).toBe(`${tower}.post_layernorm.weight`);
    expect(canonicalName('embeddings.patch_embedding.weight', family)).toBe(`${tower}.embeddings.patch_embedding.weight`);
    expect(canonicalName('visual_projection.weight', family)).toBe('visual_projection.weight');
  });

  it('leave out buffers that are recomputed', () => {
    for (const [stored, family] of [
      ['vision_tower.vision_model.embeddings.position_ids', 'llava'], ['embeddings.position_ids', 'clip_vision_model'],
      ['language_model.model.layers.0.self_attn.rotary_emb.inv_freq', 'llava'], ['model.rotary_emb.inv_freq', 'llama'],
    ] as const) expect(canonicalName(stored, family)).toBeUndefined();
  });
});
