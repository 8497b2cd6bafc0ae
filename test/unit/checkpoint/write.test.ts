import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openCheckpoint } from '../../../src/checkpoint/open';
import { type CheckpointMeta, type NamedTensor, writeCheckpoint } from '../../../src/checkpoint/write';
import { fixture, serving } from '../../support/folder';

const meta: CheckpointMeta = {
  config: { model_type: 'llava', dtype: 'float32' },
  tokenizer: { version: '1.0' },
  tokenizerConfig: { eos_token: '</s>', chat_template: 'USER: {{ messages }}' },
  preprocessor: { resample: 3 },
};
const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);

async function readBack(files: Map<string, Uint8Array<ArrayBuffer>>): Promise<NamedTensor[]> {
  const tensors: NamedTensor[] = [];
  const checkpoint = await openCheckpoint('/m/written', serving(files));
  await checkpoint.read((name, shape, data) => { tensors.push({ name, shape, data }); }, () => undefined);
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
    }), { numRuns: 40 });
  });

  it('keeps what a loaded fixture held: tensors, configuration, tokenizer, chat template', async () => {
    const original = await openCheckpoint('/m/tiny', serving(fixture('llava-tiny')));
    const tensors: NamedTensor[] = [];
    await original.read((name, shape, data) => { tensors.push({ name, shape, data }); }, () => undefined);
    const files = await writeCheckpoint(original, tensors, 'F32', 30_000);
    const copy = await openCheckpoint('/m/copy', serving(files));
    expect(copy.config).toEqual(original.config);
    expect(copy.tokenizer).toEqual(original.tokenizer);
    expect(copy.tokenizerConfig).toEqual(original.tokenizerConfig);
    expect(copy.preprocessor).toEqual(original.preprocessor);
    expect(await readBack(files)).toEqual(tensors);
  });

  it('keeps floats that parse as integers as floats in the configuration, which transformers insists on', async () => {
    const original = await openCheckpoint('/m/tiny', serving(fixture('llava-tiny')));
    const files = await writeCheckpoint(original, [], 'F32');
    expect(text(files.get('config.json'))).toBe(text(fixture('llava-tiny').get('config.json')));
    expect(text(files.get('config.json'))).toContain('"initializer_factor": 1.0');
  });

  it('has a configuration that was changed after loading as it is now', async () => {
    const original = await openCheckpoint('/m/tiny', serving(fixture('llava-tiny')));
    (original.config as Record<string, unknown>).image_seq_length = 9;
    const files = await writeCheckpoint(original, [], 'F32');
    expect(JSON.parse(text(files.get('config.json')))).toMatchObject({ image_seq_length: 9 });
  });

  it('halves the numbers in F16 and says so in the configuration', async () => {
    const files = await writeCheckpoint(meta, [{ name: 'multi_modal_projector.linear_1.bias', shape: [2], data: new Float32Array([1 / 3, -2]) }], 'F16');
    const [tensor] = await readBack(files);
    expect(tensor?.data[0]).toBeCloseTo(1 / 3, 3);
    expect(tensor?.data[1]).toBe(-2);
    expect(JSON.parse(text(files.get('config.json')))).toEqual({ model_type: 'llava', dtype: 'float16' });
  });

  it('has the chat template where older and where newer readers look', async () => {
    const files = await writeCheckpoint(meta, [], 'F32');
    expect(text(files.get('chat_template.jinja'))).toBe('USER: {{ messages }}');
    expect(JSON.parse(text(files.get('tokenizer_config.json')))).toMatchObject({ chat_template: 'USER: {{ messages }}' });
  });

  it('tells the processor what the number of image tokens follows from', async () => {
    const original = await openCheckpoint('/m/tiny', serving(fixture('llava-tiny')));
    const files = await writeCheckpoint(original, [], 'F32');
    const wanted = JSON.parse(text(fixture('llava-tiny-f16').get('processor_config.json'))) as unknown;
    expect(JSON.parse(text(files.get('processor_config.json')))).toEqual(wanted);
  });

  it('has the size and hash of each shard, so that damage is found', async () => {
    const files = await writeCheckpoint(meta, [{ name: 'multi_modal_projector.linear_1.bias', shape: [2], data: new Float32Array([1, 2]) }], 'F32');
    const shard = files.get('model.safetensors') as Uint8Array<ArrayBuffer>;
    shard[shard.length - 1] = 7;
    await expect(readBack(files)).rejects.toMatchObject({ code: 'checkpoint/corrupt', message: expect.stringContaining('SHA-256') });
  });
});
