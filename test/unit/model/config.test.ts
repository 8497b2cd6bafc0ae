import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../../src/model/config/config';
import { configJson, tiny } from '../../support/random-checkpoint';

type Json = Record<string, unknown>;

/** The tiny configuration with a field changed, as `text_config.hidden_act`. */
function changed(path: string, value: unknown): Json {
  const config = configJson(tiny);
  const keys = path.split('.');
  const last = keys.pop() as string;
  const parent = keys.reduce<Json>((json, key) => json[key] as Json, config);
  parent[last] = value;
  return config;
}

describe('a configuration', () => {
  test('leaves out what transformers has a default for', () => {
    const config = parseConfig({ model_type: 'llava', vision_config: {}, text_config: {} });
    expect(config.tower).toMatchObject({ kind: 'clip', hidden: 768, layers: 12, image: 224, patch: 32, activation: 'quick_gelu', reads: [11], dropsFirst: true });
    expect(config.decoder).toMatchObject({ hidden: 4096, layers: 32, kvHeads: 32, headDim: 128, theta: 10000, tied: false, scaling: null, window: null });
    expect(config.connector).toMatchObject({ placeholder: 32000, tokens: 49, inputs: 768, style: 'repeat' });
  });

  test('of a part alone has that part', () => {
    expect(parseConfig({ model_type: 'siglip', vision_config: { image_size: 32 } })).toMatchObject({ decoder: null, connector: null, tower: { kind: 'siglip', image: 32, reads: [12], postNorm: true } });
    expect(parseConfig({ model_type: 'clip_vision_model', hidden_size: 24, num_attention_heads: 2 }).tower).toMatchObject({ kind: 'clip', hidden: 24 });
    expect(parseConfig({ model_type: 'qwen2' })).toMatchObject({ tower: null, connector: null, decoder: { vocabulary: 151936, kvHeads: 32, bias: { qkv: true, output: false } } });
    expect(parseConfig({ model_type: 'mistral' }).decoder).toMatchObject({ kvHeads: 8, window: 4096 });
    expect(parseConfig({ model_type: 'mistral', sliding_window: null }).decoder?.window).toBe(null);
  });

  test('of Idefics3 shuffles patches into fewer, wider tokens', () => {
    const config = parseConfig({ model_type: 'smolvlm', scale_factor: 4, vision_config: { hidden_size: 768, num_attention_heads: 12, image_size: 512, patch_size: 16 }, text_config: {} });
    expect(config.connector).toMatchObject({ tokens: 64, inputs: 12288, shuffle: 4, style: 'tiles' });
    expect(config.tower).toMatchObject({ kind: 'idefics3', reads: [12], postNorm: true });
  });

  test.each([
    ['rope_theta', 5000], ['rope_parameters', { rope_theta: 5000, rope_type: 'default' }],
  ])('may give the rotary base as %s', (field, value) => {
    expect(parseConfig(changed(`text_config.${field}`, value)).decoder?.theta).toBe(5000);
  });

  test.each([
    ['rope_scaling', { type: 'linear', factor: 2 }, { kind: 'linear', factor: 2 }],
    ['rope_parameters', { rope_type: 'llama3', factor: 8, low_freq_factor: 1, high_freq_factor: 4, original_max_position_embeddings: 64 }, { kind: 'llama3', factor: 8, low: 1, high: 4, original: 64 }],
  ])('may stretch the rotary frequencies by %s', (field, value, expected) => {
    expect(parseConfig(changed(`text_config.${field}`, value)).decoder?.scaling).toEqual(expected);
  });

  test.each([[-1, [2]], [-2, [1]], [0, [0]], [2, [2]], [[-2, -1], [1, 2]]])('with feature layer %j reads the hidden states %j of two layers', (layer, reads) => {
    const { tower, connector } = parseConfig(changed('vision_feature_layer', layer));
    expect(tower?.reads).toEqual(reads);
    expect(connector?.inputs).toBe(12 * reads.length);
  });

  test('keeps the class token under the strategy "full"', () => {
    const config = parseConfig(changed('vision_feature_select_strategy', 'full'));
    expect(config).toMatchObject({ connector: { tokens: 5 }, tower: { dropsFirst: false } });
  });

  test.each([
    [true, undefined, true, true], [undefined, true, false, true], [false, true, false, true], [false, true, true, false], [false, false, false, false],
  ])('with the model tied %j, its decoder %j and a stored head %j has a tied head: %j', (whole, decoder, stored, tied) => {
    const json = { ...configJson(tiny), tie_word_embeddings: whole, text_config: { ...configJson(tiny)['text_config'] as Json, tie_word_embeddings: decoder } };
    expect(parseConfig(json, new Set(stored ? ['language_model.lm_head.weight'] : [])).decoder?.tied).toBe(tied);
  });

  test.each([
    ['model_type', 'qwen2_vl', 'llava'],
    ['text_config.model_type', 'gemma', 'mistral'],
    ['vision_config.model_type', 'dinov2', 'clip_vision_model'],
    ['text_config.hidden_act', 'gelu', 'silu'],
    ['text_config.rope_scaling', { rope_type: 'yarn' }, 'llama3'],
    ['text_config.rope_scaling', { rope_type: 'linear' }, 'above 0'],
    ['vision_config.hidden_act', 'swish', 'gelu'],
    ['vision_feature_select_strategy', 'some', 'default'],
    ['vision_feature_layer', -4, '2 layers'],
    ['text_config.num_key_value_heads', 3, 'num_key_value_heads'],
    ['vision_config.patch_size', 3, 'patch_size'],
  ])('with %s %j is refused with the field, what is found and what is supported', (field, value, supported) => {
    expect(() => parseConfig(changed(field, value))).toThrow(expect.objectContaining({
      code: 'checkpoint/unsupported',
      message: expect.stringMatching(new RegExp(`config\\.json.*${supported}`)),
    }));
  });

  test.each([
    [4, 'must be a JSON object, but is 4'], [{}, '"model_type" is missing'], [{ model_type: 'clip', vision_config: 3 }, '"vision_config" must be'],
  ])('of %j is refused in words', (json, words) => {
    expect(() => parseConfig(json)).toThrow(expect.objectContaining({ code: 'checkpoint/unsupported', message: expect.stringContaining(words) }));
  });
});
