import { describe, expect, it } from 'vitest';
import { canonicalName } from '../../../src/checkpoint/names';

describe('canonical names', () => {
  it.each([
    ['vision_tower.vision_model.encoder.layers.0.mlp.fc1.weight', 'vision_tower.vision_model.encoder.layers.0.mlp.fc1.weight'],
    ['model.vision_tower.vision_model.pre_layrnorm.bias', 'vision_tower.vision_model.pre_layrnorm.bias'],
    ['vision_tower.embeddings.class_embedding', 'vision_tower.vision_model.embeddings.class_embedding'],
    ['model.vision_tower.encoder.layers.1.self_attn.q_proj.bias', 'vision_tower.vision_model.encoder.layers.1.self_attn.q_proj.bias'],
    ['multi_modal_projector.linear_1.weight', 'multi_modal_projector.linear_1.weight'],
    ['model.multi_modal_projector.linear_2.bias', 'multi_modal_projector.linear_2.bias'],
    ['language_model.model.embed_tokens.weight', 'language_model.model.embed_tokens.weight'],
    ['model.language_model.embed_tokens.weight', 'language_model.model.embed_tokens.weight'],
    ['model.language_model.layers.3.self_attn.o_proj.weight', 'language_model.model.layers.3.self_attn.o_proj.weight'],
    ['language_model.lm_head.weight', 'language_model.lm_head.weight'],
    ['lm_head.weight', 'language_model.lm_head.weight'],
  ])('%s is %s', (stored, canonical) => {
    expect(canonicalName(stored)).toBe(canonical);
    expect(canonicalName(canonical)).toBe(canonical);
  });

  it('leave out buffers that are recomputed', () => {
    expect(canonicalName('vision_tower.vision_model.embeddings.position_ids')).toBeUndefined();
    expect(canonicalName('language_model.model.layers.0.self_attn.rotary_emb.inv_freq')).toBeUndefined();
  });
});
