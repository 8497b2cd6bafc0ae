import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../../src/model/config';
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
    expect(config.vision).toMatchObject({ hidden: 768, layers: 12, image: 224, patch: 32, activation: 'quick_gelu' });
    expect(config.decoder).toMatchObject({ hidden: 4096, layers: 32, kvHeads: 32, headDim: 128, theta: 10000, tied: false });
    expect(config).toMatchObject({ imageToken: 32000, imageTokens: 49, features: { layers: 11, patchesOnly: true } });
  });

  test.each([
    ['rope_theta', 5000], ['rope_parameters', { rope_theta: 5000, rope_type: 'default' }],
  ])('may give the rotary base as %s', (field, value) => {
    expect(parseConfig(changed(`text_config.${field}`, value)).decoder.theta).toBe(5000);
  });

  test.each([[-1, 2], [-2, 1], [0, 0], [2, 2]])('with feature layer %i runs %i layers of two', (index, layers) => {
    expect(parseConfig(changed('vision_feature_layer', index)).features.layers).toBe(layers);
  });

  test('keeps the class token under the strategy "full"', () => {
    const config = parseConfig(changed('vision_feature_select_strategy', 'full'));
    expect(config).toMatchObject({ imageTokens: 5, features: { patchesOnly: false } });
  });

  test.each([
    ['model_type', 'qwen2_vl', 'llava'],
    ['text_config.model_type', 'mistral', 'llama'],
    ['vision_config.model_type', 'siglip_vision_model', 'clip_vision_model'],
    ['text_config.hidden_act', 'gelu', 'silu'],
    ['text_config.attention_bias', true, 'false'],
    ['text_config.rope_scaling', { rope_type: 'llama3' }, 'default'],
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
});
