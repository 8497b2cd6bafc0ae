import { describe, expect, it } from 'vitest';
import { openGguf } from '../../../../src/checkpoint/gguf/open';
import type { Checkpoint } from '../../../../src/checkpoint/checkpoint';
import { bytesSource } from './bytes-source';
import { layOut, type TensorToWrite, writeGguf } from './write-gguf';

type Entry = readonly [string, number | string | boolean];
const block = (layer: number): [string, number, ...number[]][] => [
  ['attn_norm', 32], ['ffn_norm', 32], ['attn_q', 32, 32], ['attn_k', 32, 16], ['attn_v', 32, 16], ['attn_output', 32, 32],
  ['ffn_gate', 32, 64], ['ffn_up', 32, 64], ['ffn_down', 64, 32],
].map(([name, ...dimensions]) => [`blk.${layer}.${name}.weight`, 0, ...dimensions as number[]]);
const plain: [string, number, ...number[]][] = [['token_embd.weight', 0, 32, 8], ['output_norm.weight', 0, 32], ...block(0)];
const metadata: Entry[] = [
  ['general.architecture', 'llama'], ['llama.embedding_length', 32], ['llama.feed_forward_length', 64], ['llama.block_count', 1], ['llama.context_length', 128],
  ['llama.attention.head_count', 4], ['llama.attention.head_count_kv', 2], ['llama.attention.layer_norm_rms_epsilon', 1e-5],
];

function model({ change = [], drop = [], tensors = plain }: { change?: Entry[]; drop?: string[]; tensors?: [string, number, ...number[]][] }): Promise<Checkpoint> {
  const changed = new Set([...change.map(([key]) => key), ...drop]);
  const laid: (TensorToWrite & { end: number })[] = layOut(tensors);
  return openGguf(bytesSource('m.gguf', writeGguf({ metadata: [...metadata.filter(([key]) => !changed.has(key)), ...change], tensors: laid, dataBytes: laid.at(-1)?.end ?? 0 })));
}

/** Writes `rope_freqs.weight` with these factors behind the plain model. */
function stretched(factors: readonly number[], theta = 500_000): Promise<Checkpoint> {
  const headDim = factors.length * 2;
  const tensors = layOut([
    ['rope_freqs.weight', 0, factors.length],
    ...plain.map(([name, type, ...dimensions]) => [name, type, ...dimensions.map((size, i) => headSize(name, i) * headDim || size)] as [string, number, ...number[]]),
  ]);
  const last = tensors.at(-1)?.end ?? 0;
  const bytes = writeGguf({ metadata: [...metadata, ['llama.rope.freq_base', theta], ['llama.attention.key_length', headDim]], tensors, dataBytes: last });
  bytes.set(new Uint8Array(Float32Array.from(factors).buffer), bytes.length - last);
  return openGguf(bytesSource('m.gguf', bytes));
}

/** How many heads the dimension has, if it is one of heads. */
function headSize(name: string, dimension: number): number {
  if (name.includes('attn_output')) return dimension === 0 ? 4 : 0;
  return dimension === 1 ? { q: 4, k: 2, v: 2 }[name.match(/attn_([qkv])\./)?.[1] ?? ''] ?? 0 : 0;
}

function llama3Factors(count: number, { factor, low, high, original }: Record<'factor' | 'low' | 'high' | 'original', number>, theta = 500_000): number[] {
  return Array.from({ length: count }, (_, i) => {
    const turns = original * theta ** (-i / count) / (2 * Math.PI);
    const smooth = Math.min(1, Math.max(0, (turns - low) / (high - low)));
    return 1 / ((1 - smooth) / factor + smooth);
  });
}

describe('the configuration of a GGUF file', () => {
  it('is that of a Llama with a tied head, with llama.cpp\'s defaults where it says nothing', async () => {
    const checkpoint = await model({ drop: ['llama.attention.head_count_kv'], tensors: plain.map(([name, ...rest]) => name.includes('attn_k') || name.includes('attn_v') ? [name, 0, 32, 32] : [name, ...rest]) });
    expect(checkpoint.config).toEqual({
      model_type: 'llama', architectures: ['LlamaForCausalLM'], hidden_act: 'silu', hidden_size: 32, intermediate_size: 64, num_hidden_layers: 1,
      num_attention_heads: 4, num_key_value_heads: 4, head_dim: 8, vocab_size: 8, max_position_embeddings: 128, rms_norm_eps: 1e-5,
      rope_theta: 10_000, rope_scaling: null, tie_word_embeddings: true, attention_bias: false, mlp_bias: false,
    });
    expect(checkpoint.tokenizer).toBeUndefined();
  });

  it('has the linear scaling that the file asks for, in either spelling', async () => {
    const linear = { rope_scaling: { rope_type: 'linear', factor: 4 } };
    expect((await model({ change: [['llama.rope.scaling.type', 'linear'], ['llama.rope.scaling.factor', 4]] })).config).toMatchObject(linear);
    expect((await model({ change: [['llama.rope.scale_linear', 4]] })).config).toMatchObject(linear);
    expect((await model({ change: [['llama.rope.scaling.type', 'none']] })).config).toMatchObject({ rope_scaling: null });
  });

  it.each([
    [{ factor: 8, low: 1, high: 4, original: 8192 }, 64], [{ factor: 32, low: 1, high: 4, original: 8192 }, 32],
  ])('has Llama 3\'s scaling %j back from the factors of %i frequencies', async (settings, count) => {
    const { rope_scaling: found } = (await stretched(llama3Factors(count, settings))).config as { rope_scaling: unknown };
    expect(found).toEqual({ rope_type: 'llama3', factor: settings.factor, low_freq_factor: 1, high_freq_factor: 4, original_max_position_embeddings: expect.closeTo(8192, -1) });
  });

  it('has scaling that comes to the same where its settings are multiples of others', async () => {
    const settings = { factor: 8, low: 2, high: 8, original: 16_384 };
    const { rope_scaling: found } = (await stretched(llama3Factors(64, settings))).config as { rope_scaling: { original_max_position_embeddings: number } };
    expect(found.original_max_position_embeddings).toBeCloseTo(8192, -1);
  });

  it('has no scaling where all factors are one', async () => {
    expect((await stretched(Array<number>(32).fill(1))).config).toMatchObject({ rope_scaling: null });
  });

  it('ends at either of two tokens where a turn ends with another than a text', async () => {
    const ends: Entry[] = [['tokenizer.ggml.eos_token_id', 2], ['tokenizer.ggml.eot_token_id', 5]];
    expect((await model({ change: ends })).config).toMatchObject({ eos_token_id: [2, 5] });
    expect((await model({ change: ends.slice(0, 1) })).config).toMatchObject({ eos_token_id: 2 });
  });

  it('says where a Llama has biases', async () => {
    const biases = [['attn_q', 32], ['attn_k', 16], ['attn_v', 16], ['attn_output', 32]].map(([name, size]) => [`blk.0.${name}.bias`, 0, size] as [string, number, number]);
    const checkpoint = await model({ tensors: [...plain, ...biases] });
    expect(checkpoint.config).toMatchObject({ attention_bias: true, mlp_bias: false });
    expect(checkpoint.tensors.get('language_model.model.layers.0.self_attn.o_proj.bias')?.shape).toEqual([32]);
  });
});

describe('a GGUF file', () => {
  const renamed = (from: string, to: string): [string, number, ...number[]][] => plain.map(([name, ...rest]) => [name === from ? to : name, ...rest]);
  const resized = (which: string, ...dimensions: number[]): [string, number, ...number[]][] => plain.map(([name, type, ...rest]) => [name, type, ...name === which ? dimensions : rest]);

  it.each([
    ['another architecture', { change: [['general.architecture', 'gemma3']] }, 'checkpoint/unsupported', 'gemma3'],
    ['no architecture', { drop: ['general.architecture'] }, 'checkpoint/unsupported', 'missing'],
    ['a part of a split model', { change: [['split.count', 3]] }, 'checkpoint/unsupported', 'split'],
    ['experts', { change: [['llama.expert_count', 8]] }, 'checkpoint/unsupported', 'llama.expert_count'],
    ['a scaling that is not read', { change: [['llama.rope.scaling.type', 'yarn']] }, 'checkpoint/unsupported', 'yarn'],
    ['a scaling without a factor', { change: [['llama.rope.scaling.type', 'linear']] }, 'checkpoint/corrupt', 'llama.rope.scaling.factor'],
    ['a scaling by nothing', { change: [['llama.rope.scale_linear', 0]] }, 'checkpoint/corrupt', 'above 0, but is 0'],
    ['a rotary base that is no number', { change: [['llama.rope.freq_base', NaN]] }, 'checkpoint/corrupt', 'llama.rope.freq_base'],
    ['heads of which only a part turns', { change: [['llama.rope.dimension_count', 4]] }, 'checkpoint/unsupported', 'llama.rope.dimension_count'],
    ['no number of layers', { drop: ['llama.block_count'] }, 'checkpoint/corrupt', 'llama.block_count'],
    ['more layers than tensors', { change: [['llama.block_count', 4_000_000_000]] }, 'checkpoint/corrupt', '4000000000 layers'],
    ['half a head', { change: [['llama.attention.head_count', 64]] }, 'checkpoint/corrupt', '64 heads'],
    ['key heads that do not divide the heads', { change: [['llama.attention.head_count_kv', 3]] }, 'checkpoint/corrupt', 'head_count_kv'],
    ['a setting of another kind', { change: [['llama.block_count', 'two']] }, 'checkpoint/corrupt', 'a number, but is "two"'],
    ['a tensor missing', { tensors: plain.slice(0, -1) }, 'checkpoint/corrupt', 'blk.0.ffn_down.weight'],
    ['no embedding', { tensors: plain.slice(1) }, 'checkpoint/corrupt', 'token_embd.weight'],
    ['a tensor that has no place', { tensors: renamed('blk.0.ffn_up.weight', 'blk.0.ffn_up_exps.weight') }, 'checkpoint/unsupported', 'ffn_up_exps'],
    ['a tensor of a layer beyond the last', { tensors: [...plain, ...block(1)] }, 'checkpoint/unsupported', 'blk.1.'],
    ['a tensor of another shape', { tensors: resized('blk.0.attn_k.weight', 32, 32) }, 'checkpoint/shape', '[32, 32], where the metadata asks for [16, 32]'],
    ['a vector in blocks', { tensors: plain.map(([name, , ...rest]) => [name, name === 'output_norm.weight' ? 2 : 0, ...rest]) }, 'checkpoint/unsupported', 'output_norm.weight'],
    ['a factor for other frequencies', { tensors: [...plain, ['rope_freqs.weight', 0, 16]] }, 'checkpoint/corrupt', 'F32 [4] was expected'],
  ] as [string, Parameters<typeof model>[0], string, string][])('with %s is refused by name', async (_, changes, code, words) => {
    await expect(model(changes)).rejects.toMatchObject({ code, message: expect.stringContaining(words) });
    await expect(model(changes)).rejects.toMatchObject({ message: expect.stringContaining('m.gguf') });
  });

  it('with factors that Llama 3 does not give is refused', async () => {
    const bent = llama3Factors(64, { factor: 8, low: 1, high: 4, original: 8192 }).map((factor, i) => i === 40 ? factor * 1.1 : factor);
    await expect(stretched(bent)).rejects.toMatchObject({ code: 'checkpoint/unsupported', message: expect.stringContaining('rope_freqs.weight') });
    await expect(stretched(Array<number>(32).fill(NaN))).rejects.toMatchObject({ code: 'checkpoint/unsupported' });
    await expect(stretched([...Array<number>(16).fill(1), ...Array<number>(16).fill(2)])).rejects.toMatchObject({ code: 'checkpoint/unsupported' });
  });
});
