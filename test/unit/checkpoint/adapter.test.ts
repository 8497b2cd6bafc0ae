import { describe, expect, it } from 'vitest';
import { type Adapter, openAdapter, writeAdapter } from '../../../src/checkpoint/adapter';
import { fromFloat32 } from '../../../src/checkpoint/dtype';
import { filesSource } from '../../../src/checkpoint/files-source';
import { openCheckpoint } from '../../../src/checkpoint/open';
import { parseHeader, serialise } from '../../../src/checkpoint/safetensors';
import { changed, type Files, fixture, jsonBytes, without } from '../../support/folder';
import { MemorySource } from '../../support/memory-source';

type Stored = [name: string, shape: number[]];
const numbers = (length: number, from = 0): Float32Array<ArrayBuffer> => Float32Array.from({ length }, (_, i) => (from + i) / 8);
const size = (shape: number[]): number => shape.reduce((product, axis) => product * axis, 1);

const config = { peft_type: 'LORA', r: 2, lora_alpha: 6, target_modules: ['q_proj'], bias: 'none' };
/** Both factors of the layer at a module path, 3 in, 4 out. */
const pair = (path: string, rank = 2): Stored[] => [[`${path}.lora_A.weight`, [rank, 3]], [`${path}.lora_B.weight`, [4, rank]]];

function files(fields: object, tensors: Stored[], dtype: 'F32' | 'F16' = 'F32'): Files {
  const stored = tensors.map(([name, shape], i) => ({ name: `base_model.model.${name}`, dtype, shape, bytes: fromFloat32(dtype, numbers(size(shape), i)) }));
  return new Map([['adapter_config.json', jsonBytes({ ...config, ...fields })], ['adapter_model.safetensors', serialise(stored)]]);
}

const open = (folder: Files, family = 'llava'): Promise<Adapter> => (
  openAdapter(filesSource('adapter', new Map([...folder].map(([file, bytes]) => [file, new Blob([bytes])]))), family)
);
const layer = 'model.language_model.layers.1.self_attn.q_proj';

describe('an adapter in PEFT\'s format', () => {
  it.each([
    ['llava', layer, 'language_model.model.layers.1.self_attn.q_proj'],
    ['llava', 'language_model.model.layers.1.self_attn.q_proj', 'language_model.model.layers.1.self_attn.q_proj'],
    ['llava', 'model.vision_tower.vision_model.encoder.layers.0.self_attn.q_proj', 'vision_tower.vision_model.encoder.layers.0.self_attn.q_proj'],
    ['llava', 'model.vision_tower.encoder.layers.0.self_attn.q_proj', 'vision_tower.vision_model.encoder.layers.0.self_attn.q_proj'],
    ['idefics3', 'model.text_model.layers.1.self_attn.q_proj', 'language_model.model.layers.1.self_attn.q_proj'],
    ['smolvlm', 'model.vision_model.encoder.layers.1.self_attn.q_proj', 'vision_tower.vision_model.encoder.layers.1.self_attn.q_proj'],
    ['qwen2', 'model.layers.1.self_attn.q_proj', 'language_model.model.layers.1.self_attn.q_proj'],
  ])('of %s has %s as %s', async (family, path, canonical) => {
    expect([...(await open(files({}, pair(path)), family)).layers.keys()]).toEqual([canonical]);
  });

  it.each(['F32', 'F16'] as const)('gives the factors and what they are scaled by, from %s', async (dtype) => {
    const { options, layers } = await open(files({}, pair(layer), dtype));
    expect(options).toEqual({ rank: 2, alpha: 6, targets: ['q_proj'] });
    expect(layers.get('language_model.model.layers.1.self_attn.q_proj')).toEqual({ a: numbers(6), b: numbers(8, 1), rank: 2, scale: 3, in: 3, out: 4 });
  });

  it('is scaled by the root of the rank where it says so', async () => {
    const { options, layers } = await open(files({ use_rslora: true, r: 4 }, pair(layer, 4)));
    expect([...layers.values()][0]?.scale).toBe(3);
    expect(options.alpha / options.rank).toBe(3);
  });

  it('has ranks and scales of single layers', async () => {
    const other = 'model.language_model.layers.11.self_attn.q_proj';
    const fields = { rank_pattern: { 'layers.1.self_attn.q_proj': 4 }, alpha_pattern: { 'layers\\.1\\d\\..*': 5 } };
    const { layers } = await open(files(fields, [...pair(layer, 4), ...pair(other)]));
    expect([...layers.values()].map(({ rank, scale }) => [rank, scale])).toEqual([[4, 1.5], [2, 2.5]]);
  });

  it('carries tensors that were trained whole', async () => {
    const connector: Stored = ['model.connector.modality_projection.proj.weight', [2, 2]];
    const { saved } = await open(files({ modules_to_save: ['connector'] }, [...pair('model.text_model.layers.0.self_attn.q_proj'), connector]), 'idefics3');
    expect([...saved]).toEqual([['multi_modal_projector.linear_1.weight', { shape: [2, 2], data: numbers(4, 2) }]]);
  });

  it.each([
    ['llava', `base_model.model.${layer}.lora_A.weight`, 'base_model.model.model.multi_modal_projector.linear_1.weight', 'multi_modal_projector'],
    ['smolvlm', 'base_model.model.model.text_model.layers.1.self_attn.q_proj.lora_A.weight', 'base_model.model.model.connector.modality_projection.proj.weight', 'connector'],
  ])('is written for %s under the module paths of transformers, and reads back', async (family, factor, connector, module) => {
    const adapter: Adapter = {
      options: { rank: 2, alpha: 6, targets: ['q_proj'] },
      layers: new Map([
        ['language_model.model.layers.1.self_attn.q_proj', { a: numbers(6), b: numbers(8, 1), rank: 2, scale: 3, in: 3, out: 4 }],
        ['language_model.model.layers.2.self_attn.q_proj', { a: numbers(3), b: numbers(4, 1), rank: 1, scale: 0.5, in: 3, out: 4 }],
      ]),
      saved: new Map([['multi_modal_projector.linear_1.weight', { shape: [2, 2], data: numbers(4) }]]),
    };
    const written = writeAdapter(adapter, { family, baseName: 'somewhere/base' });
    const weights = written.get('adapter_model.safetensors') as Uint8Array<ArrayBuffer>;
    const names = parseHeader('adapter', weights).tensors.map(({ name }) => name);
    expect(names).toContain(factor);
    expect(names).toContain(connector);
    expect(JSON.parse(new TextDecoder().decode(written.get('adapter_config.json')))).toMatchObject({
      peft_type: 'LORA', r: 2, lora_alpha: 6, base_model_name_or_path: 'somewhere/base', modules_to_save: [module],
    });
    expect(await open(written, family)).toEqual(adapter);
  });

  it.each([
    ['peft-llama3', 'llama', 'llama3'], ['peft-llava-tiny', 'llava', 'llava-tiny'], ['peft-llava-tiny-connector', 'llava', 'llava-tiny'],
  ])('that PEFT wrote (%s) fits its model and is written as it was', async (name, family, base) => {
    const adapter = await open(fixture(name), family);
    const { tensors } = await openCheckpoint(new MemorySource(base, fixture(base)));
    for (const [path, { out, in: inputs }] of adapter.layers) expect(tensors.get(`${path}.weight`)?.shape).toEqual([out, inputs]);
    for (const [tensor, { shape }] of adapter.saved) expect(tensors.get(tensor)?.shape).toEqual(shape);
    expect(adapter.saved.size).toBe(name.endsWith('connector') ? 4 : 0);
    const copy = writeAdapter(adapter, { family, baseName: base });
    expect(await open(copy, family)).toEqual(adapter);
    const entries = (folder: Files) => parseHeader('adapter', folder.get('adapter_model.safetensors') as Uint8Array<ArrayBuffer>).tensors.map(({ name: tensor, shape }) => [tensor, shape]);
    expect(entries(copy).sort()).toEqual(entries(fixture(name)).sort());
  });

  it('is written for a decoder alone with nothing to save whole', () => {
    const layers: Adapter['layers'] = new Map([['language_model.model.layers.0.mlp.up_proj', { a: numbers(6), b: numbers(8), rank: 2, scale: 3, in: 3, out: 4 }]]);
    const written = writeAdapter({ options: { rank: 2, alpha: 6, targets: ['up_proj'] }, layers, saved: new Map() }, { family: 'llama', baseName: 'b' });
    expect(JSON.parse(new TextDecoder().decode(written.get('adapter_config.json')))).toMatchObject({ target_modules: ['model.layers.0.mlp.up_proj'], modules_to_save: null });
  });
});

describe('an adapter that is refused', () => {
  it.each([
    ['another method', { peft_type: 'LOHA' }, 'peft_type'],
    ['DoRA', { use_dora: true }, 'use_dora'],
    ['trained biases', { bias: 'lora_only' }, 'bias'],
    ['transposed layers', { fan_in_fan_out: true }, 'fan_in_fan_out'],
    ['a beginning that changed the model', { init_lora_weights: 'pissa' }, 'init_lora_weights'],
    ['single tokens', { trainable_token_indices: [3] }, 'trainable_token_indices'],
    ['a pattern that is no expression', { rank_pattern: { '(': 3 } }, 'rank_pattern'],
  ])('for %s is told by the setting', async (_, fields, setting) => {
    await expect(open(files(fields, pair(layer)))).rejects.toMatchObject({ code: 'checkpoint/unsupported', message: expect.stringContaining(`"${setting}"`) });
  });

  it.each([
    ['a missing B', {}, [[`${layer}.lora_A.weight`, [2, 3]]], 'checkpoint/missing-file', `no "${layer}.lora_B.weight"`],
    ['a missing A', {}, [...pair(layer), ['model.language_model.layers.0.self_attn.q_proj.lora_B.weight', [4, 2]]], 'checkpoint/missing-file', 'lora_A.weight'],
    ['a rank that is not the one configured', {}, pair(layer, 3), 'checkpoint/shape', '[2, inputs]'],
    ['factors of different ranks', {}, [[`${layer}.lora_A.weight`, [2, 3]], [`${layer}.lora_B.weight`, [4, 3]]], 'checkpoint/shape', '[outputs, 2]'],
    ['a factor that is no matrix', {}, [[`${layer}.lora_A.weight`, [2]], [`${layer}.lora_B.weight`, [4, 2]]], 'checkpoint/shape', 'lora_A'],
    ['a layer that no such model has', {}, pair('transformer.h.0.attn.q_proj'), 'checkpoint/unsupported', 'transformer.h.0.attn.q_proj'],
    ['a layer that is not linear', {}, pair('model.language_model.norm'), 'checkpoint/unsupported', 'no linear layer'],
    ['a target without layers', { target_modules: ['q_proj', 'v_proj'] }, pair(layer), 'checkpoint/corrupt', '"v_proj"'],
    ['no layers', { target_modules: null }, [], 'checkpoint/corrupt', 'no layer'],
    ['an adapted embedding', {}, [...pair(layer), ['model.language_model.embed_tokens.lora_embedding_A', [2, 3]]], 'checkpoint/unsupported', 'lora_embedding_A'],
    ['a tensor from elsewhere', {}, [...pair(layer), ['score.weight', [2, 3]]], 'checkpoint/unsupported', 'score.weight'],
    ['a rank of zero', { r: 0 }, pair(layer), 'checkpoint/corrupt', 'at r'],
  ] as [string, object, Stored[], string, string][])('for %s is told by name', async (_, fields, tensors, code, words) => {
    await expect(open(files(fields, tensors))).rejects.toMatchObject({ code, message: expect.stringContaining(words) });
  });

  it('is read, and found to be truncated, where the source does not tell how long it is', async () => {
    const source = new MemorySource('memory/adapter', files({}, pair(layer)));
    source.size = () => Promise.resolve(undefined);
    expect((await openAdapter(source, 'llava')).layers.size).toBe(1);
    source.files.set('adapter_model.safetensors', (source.files.get('adapter_model.safetensors') as Uint8Array<ArrayBuffer>).slice(0, -1));
    await expect(openAdapter(source, 'llava')).rejects.toMatchObject({ code: 'checkpoint/corrupt', message: expect.stringContaining('truncated') });
  });

  it('names the file that is missing, truncated or a pickle', async () => {
    const whole = files({}, pair(layer));
    await expect(open(without(whole, 'adapter_config.json'))).rejects.toMatchObject({ code: 'checkpoint/missing-file', message: expect.stringContaining('adapter_config.json') });
    await expect(open(without(whole, 'adapter_model.safetensors'))).rejects.toMatchObject({ code: 'checkpoint/missing-file', message: expect.stringContaining('adapter_model.safetensors') });
    await expect(open(new Map([...without(whole, 'adapter_model.safetensors'), ['adapter_model.bin', new Uint8Array(3)]]))).rejects.toMatchObject({ code: 'checkpoint/unsupported', message: expect.stringContaining('pickle') });
    for (const length of [0, 5, 40, 300]) {
      await expect(open(changed(whole, 'adapter_model.safetensors', (bytes) => bytes.slice(0, length)))).rejects.toMatchObject({ code: 'checkpoint/corrupt' });
    }
    await expect(open(changed(whole, 'adapter_config.json', (bytes) => bytes.slice(0, 9)))).rejects.toMatchObject({ code: 'checkpoint/corrupt', message: expect.stringContaining('JSON') });
  });
});
