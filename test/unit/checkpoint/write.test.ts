import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toFloat32 } from '../../../src/checkpoint/dtype';
import { openCheckpoint } from '../../../src/checkpoint/open';
import { type CheckpointMeta, type NamedTensor, writeCheckpoint } from '../../../src/checkpoint/write';
import type { Files } from '../../support/folder';
import { fixture } from '../../support/folder';
import { MemorySource } from '../../support/memory-source';

const meta: CheckpointMeta = {
  config: { model_type: 'llava', dtype: 'float32', vision_config: { patch_size: 8 } },
  tokenizer: { version: '1.0' },
  tokenizerConfig: { eos_token: '</s>', chat_template: 'USER: {{ messages }}' },
  preprocessor: { resample: 3 },
  processor: undefined,
  generation: undefined,
};
const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);
const json = (bytes: Uint8Array | undefined): unknown => JSON.parse(text(bytes));
const open = (files: Files) => openCheckpoint(new MemorySource('memory/written', files));

/** Whole tensors; those of the tests are smaller than a slice. */
async function readBack(files: Files): Promise<NamedTensor[]> {
  const tensors: NamedTensor[] = [];
  const { read } = await open(files);
  await read({
    onSlice({ name, shape, dtype, bytes }) { tensors.push({ name, shape, data: toFloat32(dtype, bytes) }); },
    onShard: () => undefined,
  });
  return tensors;
}

describe('a written checkpoint', () => {
  it('reads back to the bit in F32, in the order written, whatever the size of the shards', async () => {
    const shapes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 });
    await fc.assert(fc.asyncProperty(shapes, fc.integer({ min: 1, max: 400 }), async (sizes, shardBytes) => {
      const tensors = sizes.map((n, i) => ({ name: `language_model.model.layers.${i}.w`, shape: [n], data: Float32Array.from({ length: n }, (_, j) => Math.sin(i * 100 + j)) }));
      const files = await writeCheckpoint(meta, tensors, 'F32', shardBytes);
      expect(await readBack(files)).toEqual(tensors);
      const shards = [...files].filter(([name]) => name.endsWith('.safetensors'));
      expect(files.has('model.safetensors.index.json')).toBe(shards.length > 1);
      expect(shards.every(([, bytes]) => (bytes.length - headerBytes(bytes) <= Math.max(shardBytes, ...sizes.map((n) => 4 * n))))).toBe(true);
    }), { numRuns: 40 });
  });

  it('spells tensors as it is told to', async () => {
    const tensors = [{ name: 'model.text_model.norm.weight', shape: [2], data: new Float32Array([1, 2]) }];
    const files = await writeCheckpoint({ ...meta, config: { model_type: 'idefics3' } }, tensors, 'F32');
    expect((await open(files)).tensors.get('language_model.model.norm.weight')?.stored).toBe('model.text_model.norm.weight');
  });

  it('keeps what a loaded fixture held: tensors, configuration, tokenizer, chat template, processor', async () => {
    const original = await open(fixture('llava-tiny'));
    const tensors = await readBack(fixture('llava-tiny'));
    const files = await writeCheckpoint(original, tensors, 'F32', 30_000);
    const copy = await open(files);
    for (const file of ['config', 'tokenizer', 'tokenizerConfig', 'preprocessor', 'processor', 'generation'] as const) expect(copy[file]).toEqual(original[file]);
    expect(await readBack(files)).toEqual(tensors);
  });

  it('keeps floats that parse as integers as floats in the configuration, which transformers insists on', async () => {
    const files = await writeCheckpoint(await open(fixture('llava-tiny')), [], 'F32');
    expect(text(files.get('config.json'))).toBe(text(fixture('llava-tiny').get('config.json')));
    expect(text(files.get('config.json'))).toContain('"initializer_factor": 1.0');
  });

  it('writes floats as floats also where the configuration was never a text', async () => {
    const config = { model_type: 'llama', rms_norm_eps: 1, rope_parameters: { rope_theta: 10000, factor: 8 }, hidden_size: 8 };
    const files = await writeCheckpoint({ ...meta, config }, [], 'F32');
    expect(text(files.get('config.json'))).toMatch(/"rms_norm_eps": 1\.0,[^]*"rope_theta": 10000\.0,[^]*"factor": 8\.0\n[^]*"hidden_size": 8\n/);
  });

  it('has a configuration that was changed after loading as it is now', async () => {
    const original = await open(fixture('llava-tiny'));
    (original.config as Record<string, unknown>).image_seq_length = 9;
    const files = await writeCheckpoint(original, [], 'F32');
    expect(json(files.get('config.json'))).toMatchObject({ image_seq_length: 9 });
  });

  it('halves the numbers in F16 and says so in the configuration', async () => {
    const files = await writeCheckpoint(meta, [{ name: 'multi_modal_projector.linear_1.bias', shape: [2], data: new Float32Array([1 / 3, -2]) }], 'F16');
    const [tensor] = await readBack(files);
    expect(tensor?.data[0]).toBeCloseTo(1 / 3, 3);
    expect(tensor?.data[1]).toBe(-2);
    expect(json(files.get('config.json'))).toMatchObject({ model_type: 'llava', dtype: 'float16' });
  });

  it('has the chat template where older and where newer readers look', async () => {
    const files = await writeCheckpoint(meta, [], 'F32');
    expect(text(files.get('chat_template.jinja'))).toBe('USER: {{ messages }}');
    expect(json(files.get('tokenizer_config.json'))).toMatchObject({ chat_template: 'USER: {{ messages }}' });
  });

  it('tells the processor what the number of image tokens follows from, where the checkpoint said nothing', async () => {
    const original = await open(fixture('llava-tiny'));
    const files = await writeCheckpoint({ ...original, processor: undefined }, [], 'F32');
    expect(json(files.get('processor_config.json'))).toEqual(json(fixture('llava-tiny-f16').get('processor_config.json')));
    const siglip = await writeCheckpoint({ ...meta, config: { model_type: 'llava', vision_config: { model_type: 'siglip_vision_model' }, vision_feature_select_strategy: 'full' } }, [], 'F32');
    expect(json(siglip.get('processor_config.json'))).toMatchObject({ vision_feature_select_strategy: 'full', num_additional_image_tokens: 0 });
  });

  it('has the processor of another family as it was', async () => {
    const processor = { processor_class: 'Idefics3Processor', image_seq_len: 64 };
    const files = await writeCheckpoint({ ...meta, config: { model_type: 'idefics3' }, processor, generation: { eos_token_id: 2 } }, [], 'F32');
    expect(json(files.get('processor_config.json'))).toEqual(processor);
    expect(json(files.get('generation_config.json'))).toEqual({ eos_token_id: 2 });
  });

  it('leaves out the files that a part alone has none of', async () => {
    const none = { tokenizer: undefined, tokenizerConfig: undefined, preprocessor: undefined, processor: undefined, generation: undefined };
    const files = await writeCheckpoint({ config: { model_type: 'clip_vision_model' }, ...none }, [], 'F32');
    expect([...files.keys()].sort()).toEqual(['checksums.json', 'config.json', 'model.safetensors']);
  });

  it('has the size and hash of each shard, so that damage is found', async () => {
    const files = await writeCheckpoint(meta, [{ name: 'multi_modal_projector.linear_1.bias', shape: [2], data: new Float32Array([1, 2]) }], 'F32');
    const shard = files.get('model.safetensors') as Uint8Array<ArrayBuffer>;
    shard[shard.length - 1] = 7;
    await expect(readBack(files)).rejects.toMatchObject({ code: 'checkpoint/corrupt', message: expect.stringContaining('SHA-256') });
  });
});

function headerBytes(file: Uint8Array): number {
  return 8 + Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
}
