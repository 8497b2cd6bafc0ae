import { describe, expect, it } from 'vitest';
import type { Checkpoint, StoredTensor } from '../../../src/checkpoint/checkpoint';
import { composeCheckpoint } from '../../../src/checkpoint/compose';
import { elementBytes, type FloatType, toFloat32 } from '../../../src/checkpoint/dtype';
import type { ModelSink } from '../../../src/checkpoint/library/model-sink';
import { openCheckpoint } from '../../../src/checkpoint/open';
import { MemorySink } from '../../../src/checkpoint/write/memory-sink';
import { parseConfig } from '../../../src/model/config/config';
import { checkTensors } from '../../../src/model/tensors';
import { hash } from '../../../src/random';
import { loadTokenizer } from '../../../src/text/tokenizer';
import { type Files, fixture } from '../../support/folder';
import { MemorySource } from '../../support/memory-source';

type Shapes = [name: string, shape: number[]][];
const affine = (name: string, shape: number[]): Shapes => [[`${name}.weight`, shape], [`${name}.bias`, [shape[0] as number]]];

/** Finite numbers of a type, as bytes that are not to change on their way. */
function bytesOf(name: string, dtype: FloatType, count: number): Uint8Array<ArrayBuffer> {
  const bytes = Uint8Array.from({ length: count * elementBytes[dtype] }, (_, i) => hash(name, i) & 0xff);
  // The upper byte of each number: exponents far from infinity.
  for (let i = elementBytes[dtype] - 1; i < bytes.length; i += elementBytes[dtype]) bytes[i] = 0x38 | ((bytes[i] as number) & 0x83);
  return bytes;
}

interface Part extends Checkpoint {
  bytes: Map<string, Uint8Array<ArrayBuffer>>;
}

/** A checkpoint in memory that hands its tensors out row by row. */
function part(name: string, dtype: FloatType, shapes: Shapes, json: Partial<Checkpoint>): Part {
  const tensors = new Map<string, StoredTensor>(shapes.map(([tensor, shape]) => [tensor, { dtype, shape, file: 'model.safetensors', stored: tensor }]));
  const bytes = new Map(shapes.map(([tensor, shape]) => [tensor, bytesOf(`${name} ${tensor}`, dtype, shape.reduce((a, b) => a * b, 1))]));
  return {
    name, place: 'memory', config: {}, tokenizer: undefined, tokenizerConfig: {}, preprocessor: undefined, processor: undefined, generation: undefined,
    ...json, tensors, bytes,
    async read({ wanted = () => true, onSlice }) {
      for (const [tensor, { shape }] of tensors) {
        if (!wanted(tensor)) continue;
        const whole = bytes.get(tensor) as Uint8Array<ArrayBuffer>;
        const row = whole.length / (shape[0] as number);
        const buffer = new Uint8Array(row);
        for (let at = 0; at < whole.length; at += row) {
          buffer.set(whole.subarray(at, at + row));
          await onSlice({ name: tensor, dtype, shape, first: at / elementBytes[dtype], bytes: buffer });
        }
      }
    },
  };
}

const visionConfig = { hidden_size: 6, intermediate_size: 8, num_hidden_layers: 2, num_attention_heads: 2, image_size: 8, patch_size: 4 };

function tower(kind: 'clip' | 'siglip', json: Partial<Checkpoint> = {}): Part {
  const root = 'vision_tower.vision_model';
  const isClip = kind === 'clip';
  const shapes: Shapes = [
    ...(isClip ? [[`${root}.embeddings.class_embedding`, [6]]] as Shapes : []),
    [`${root}.embeddings.patch_embedding.weight`, [6, 3, 4, 4]],
    ...(isClip ? [] : [[`${root}.embeddings.patch_embedding.bias`, [6]]] as Shapes),
    [`${root}.embeddings.position_embedding.weight`, [isClip ? 5 : 4, 6]],
    ...(isClip ? affine(`${root}.pre_layrnorm`, [6]) : []),
    ...[0, 1].flatMap((i) => ['layer_norm1', 'layer_norm2', 'self_attn.q_proj', 'self_attn.k_proj', 'self_attn.v_proj', 'self_attn.out_proj', 'mlp.fc1', 'mlp.fc2']
      .flatMap((layer) => affine(`${root}.encoder.layers.${i}.${layer}`, layer.startsWith('layer') ? [6] : layer === 'mlp.fc1' ? [8, 6] : layer === 'mlp.fc2' ? [6, 8] : [6, 6]))),
    ...affine(`${root}.post_layernorm`, [6]),
    ...(isClip ? [['text_model.final_layer_norm.weight', [6]]] as Shapes : [[`${root}.head.probe`, [1, 1, 6]]] as Shapes),
  ];
  return part(`${kind} tower`, 'F32', shapes, { config: { model_type: `${kind}_vision_model`, architectures: ['X'], dtype: 'float32', ...visionConfig }, ...json });
}

const special = (id: number, content: string) => ({ id, content, special: true });
const chatml = "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";
const textConfig = {
  model_type: 'llama', hidden_size: 4, intermediate_size: 6, num_hidden_layers: 1, num_attention_heads: 2, num_key_value_heads: 1, vocab_size: 5,
  rms_norm_eps: 1e-5, rope_theta: 10000, eos_token_id: 2, pad_token_id: null,
};
const tokenizer = { version: '1.0', added_tokens: [special(4, '<|im_end|>')], model: { type: 'BPE', vocab: { a: 0, b: 1, c: 2, d: 3 }, merges: [] } };

function decoder({ tied = true, dtype = 'BF16', ...json }: Partial<Checkpoint> & { tied?: boolean; dtype?: FloatType } = {}): Part {
  const layer = 'language_model.model.layers.0';
  const shapes: Shapes = [
    ...(tied ? [] : [['language_model.lm_head.weight', [5, 4]]] as Shapes),
    ['language_model.model.embed_tokens.weight', [5, 4]],
    ...['input_layernorm', 'post_attention_layernorm'].map((name) => [`${layer}.${name}.weight`, [4]] as [string, number[]]),
    ...['q', 'o'].map((name) => [`${layer}.self_attn.${name}_proj.weight`, [4, 4]] as [string, number[]]),
    ...['k', 'v'].map((name) => [`${layer}.self_attn.${name}_proj.weight`, [2, 4]] as [string, number[]]),
    ...['gate', 'up'].map((name) => [`${layer}.mlp.${name}_proj.weight`, [6, 4]] as [string, number[]]),
    [`${layer}.mlp.down_proj.weight`, [4, 6]],
    ['language_model.model.norm.weight', [4]],
  ];
  return part('decoder', dtype, shapes, {
    config: { architectures: ['LlamaForCausalLM'], torch_dtype: 'bfloat16', transformers_version: '4.40.0', ...textConfig, tie_word_embeddings: tied },
    tokenizer, tokenizerConfig: { tokenizer_class: 'GPT2Tokenizer', eos_token: '<|im_end|>', chat_template: chatml, added_tokens_decoder: { 4: special(4, '<|im_end|>') } },
    generation: { eos_token_id: 2 }, ...json,
  });
}

async function compose(vision: Checkpoint, text: Checkpoint, connector: 'mlp' | 'linear' = 'mlp', seed = 1): Promise<Files> {
  const sink = new MemorySink();
  await composeCheckpoint(vision, text, { connector, seed }, sink);
  return sink.files;
}

const textOf = (files: Files, file: string): string => new TextDecoder().decode(files.get(file));
const jsonOf = (files: Files, file: string): Record<string, unknown> => JSON.parse(textOf(files, file)) as Record<string, unknown>;

/** Bytes of every tensor of written files, by name, their hashes checked. */
async function written(files: Files): Promise<Map<string, { dtype: FloatType; shape: number[]; bytes: Uint8Array<ArrayBuffer> }>> {
  const checkpoint = await openCheckpoint(new MemorySource('memory/student', files));
  const tensors = new Map<string, { dtype: FloatType; shape: number[]; bytes: Uint8Array<ArrayBuffer> }>();
  await checkpoint.read({ onShard: () => undefined, onSlice: ({ name, dtype, shape, bytes }) => { tensors.set(name, { dtype, shape, bytes: bytes.slice() }); } });
  return tensors;
}

describe('a composed student', () => {
  it.each(['clip', 'siglip'] as const)('has the bytes of a %s tower and of the decoder, each in its own type', async (kind) => {
    const vision = tower(kind);
    const text = decoder();
    const tensors = await written(await compose(vision, text));
    const kept = [...vision.bytes].filter(([name]) => !/head|text_model/.test(name));
    expect([...tensors.keys()].filter((name) => !name.startsWith('multi_modal'))).toEqual([...kept.map(([name]) => name), ...text.bytes.keys()]);
    for (const [name, bytes] of kept) expect(tensors.get(name)).toMatchObject({ dtype: 'F32', bytes });
    for (const [name, bytes] of text.bytes) {
      expect(tensors.get(name)?.dtype).toBe('BF16');
      expect(tensors.get(name)?.bytes.subarray(0, bytes.length)).toEqual(bytes);
    }
  });

  it.each(['F32', 'F16', 'BF16'] as const)('gains a row for <image> in %s that is the mean of the others, in the embedding and in an output head of its own', async (dtype) => {
    const text = decoder({ tied: false, dtype });
    const files = await compose(tower('clip'), text);
    const tensors = await written(files);
    for (const name of ['language_model.model.embed_tokens.weight', 'language_model.lm_head.weight']) {
      const { shape, bytes } = tensors.get(name) as { shape: number[]; bytes: Uint8Array<ArrayBuffer> };
      const numbers = toFloat32(dtype, bytes);
      expect(shape).toEqual([6, 4]);
      const precision = { F32: 1e-6, F16: 1e-3, BF16: 1e-2 }[dtype];
      for (let column = 0; column < 4; column++) {
        const column5 = [0, 1, 2, 3, 4].map((row) => numbers[row * 4 + column] as number);
        const mean = column5.reduce((a, b) => a + b, 0) / 5;
        expect(Math.abs((numbers[20 + column] as number) - mean)).toBeLessThanOrEqual(precision * Math.max(...column5.map(Math.abs)));
      }
    }
    expect(jsonOf(files, 'config.json')).toMatchObject({ image_token_index: 5, tie_word_embeddings: false, text_config: { vocab_size: 6 } });
  });

  it('adds <image> to the tokenizer as a special token with the next free id', async () => {
    const files = await compose(tower('clip'), decoder());
    expect(jsonOf(files, 'tokenizer.json').added_tokens).toEqual([special(4, '<|im_end|>'), expect.objectContaining({ id: 5, content: '<image>', special: true })]);
    expect(textOf(files, 'chat_template.jinja')).toContain('<image>');
    expect(jsonOf(files, 'tokenizer_config.json')).toMatchObject({
      image_token: '<image>', tokenizer_class: 'PreTrainedTokenizerFast', added_tokens_decoder: { 5: { content: '<image>' } },
    });
  });

  it('uses the <image> that the tokenizer has, and leaves the embedding as it is', async () => {
    const text = decoder({ tokenizer: { ...tokenizer, added_tokens: [special(4, '<image>')] } });
    const files = await compose(tower('clip'), text);
    expect(jsonOf(files, 'config.json')).toMatchObject({ image_token_index: 4, text_config: { vocab_size: 5 } });
    expect((await written(files)).get('language_model.model.embed_tokens.weight')?.shape).toEqual([5, 4]);
  });

  it('finds the next free id in a vocabulary that is a list of pieces', async () => {
    const vocab = [['<unk>', 0], ['a', -1], ['b', -2], ['c', -3], ['d', -4], ['e', -5], ['f', -6]];
    const files = await compose(tower('clip'), decoder({ tokenizer: { added_tokens: [special(0, '<unk>')], model: { type: 'Unigram', vocab } } }));
    expect(jsonOf(files, 'config.json')).toMatchObject({ image_token_index: 7, text_config: { vocab_size: 8 } });
  });

  it('has a configuration that says where features are taken, in the way of its tower', async () => {
    const clip = await compose(tower('clip'), decoder());
    expect(jsonOf(clip, 'config.json')).toMatchObject({
      model_type: 'llava', architectures: ['LlavaForConditionalGeneration'], dtype: 'bfloat16', vision_feature_layer: -2, vision_feature_select_strategy: 'default',
      image_seq_length: 4, eos_token_id: 2, tie_word_embeddings: true, vision_config: { model_type: 'clip_vision_model', hidden_act: 'quick_gelu', layer_norm_eps: 1e-5 },
    });
    expect(jsonOf(clip, 'config.json')).not.toHaveProperty('pad_token_id');
    expect(jsonOf(clip, 'config.json').text_config).not.toHaveProperty('architectures');
    expect(textOf(clip, 'config.json')).toContain('"rope_theta": 10000.0');
    expect(jsonOf(clip, 'processor_config.json')).toMatchObject({ patch_size: 4, num_additional_image_tokens: 1, vision_feature_select_strategy: 'default' });
    const siglip = await compose(tower('siglip'), decoder());
    expect(jsonOf(siglip, 'config.json')).toMatchObject({
      vision_feature_layer: -1, vision_feature_select_strategy: 'full', vision_config: { model_type: 'siglip_vision_model', vision_use_head: false, hidden_act: 'gelu_pytorch_tanh' },
    });
    expect(jsonOf(siglip, 'processor_config.json')).toMatchObject({ num_additional_image_tokens: 0, vision_feature_select_strategy: 'full' });
  });

  it('keeps the preprocessor and the generation settings of its parts', async () => {
    const files = await compose(tower('clip', { preprocessor: { processor_class: 'CLIPProcessor', crop_size: 8, size: 8 } }), decoder());
    expect(jsonOf(files, 'preprocessor_config.json')).toEqual({ image_processor_type: 'CLIPImageProcessor', crop_size: 8, size: 8 });
    expect(jsonOf(files, 'generation_config.json')).toEqual({ eos_token_id: 2 });
  });

  it('prepares images as towers of its kind do where the tower brings no preprocessor of its own', async () => {
    expect(jsonOf(await compose(tower('clip'), decoder()), 'preprocessor_config.json')).toMatchObject({ image_processor_type: 'CLIPImageProcessor', crop_size: { height: 8, width: 8 } });
    const vision = tower('siglip', { config: { model_type: 'smolvlm', vision_config: visionConfig }, preprocessor: { image_processor_type: 'SmolVLMImageProcessor', do_image_splitting: true } });
    expect(jsonOf(await compose(vision, decoder()), 'preprocessor_config.json')).toMatchObject({ image_processor_type: 'SiglipImageProcessor', size: { height: 8, width: 8 }, image_mean: [0.5, 0.5, 0.5] });
  });

  it('takes the parts out of whole models, with what their families leave unsaid', async () => {
    const vision = tower('siglip', { config: { model_type: 'idefics3', vision_config: { ...visionConfig, hidden_act: undefined } } });
    const { model_type: _, ...unnamed } = textConfig;
    const text = decoder({ config: { model_type: 'smolvlm', tie_word_embeddings: true, text_config: unnamed } });
    expect(jsonOf(await compose(vision, text), 'config.json')).toMatchObject({
      vision_config: { model_type: 'siglip_vision_model', hidden_act: 'gelu_pytorch_tanh', layer_norm_eps: 1e-6 }, text_config: { model_type: 'llama', tie_word_embeddings: true },
    });
  });

  it('leaves out an output head that is stored and tied all the same', async () => {
    const text = decoder({ tied: false, config: { ...textConfig, tie_word_embeddings: true } });
    const files = await compose(tower('clip'), text);
    expect((await written(files)).has('language_model.lm_head.weight')).toBe(false);
    expect(jsonOf(files, 'config.json')).toMatchObject({ tie_word_embeddings: true });
  });

  it('has a connector of one or two layers whose numbers are named by the seed, within 1/√inputs, without biases', async () => {
    const numbers = async (connector: 'mlp' | 'linear', seed: number) => [...await written(await compose(tower('clip'), decoder(), connector, seed))]
      .filter(([name]) => name.startsWith('multi_modal_projector.')).map(([name, { shape, dtype, bytes }]) => ({ name, shape, dtype, data: [...toFloat32(dtype, bytes)] }));
    const mlp = await numbers('mlp', 1);
    expect(mlp.map(({ name, shape, dtype }) => [name.replace('multi_modal_projector.', ''), shape, dtype])).toEqual([
      ['linear_1.weight', [4, 6], 'F32'], ['linear_1.bias', [4], 'F32'], ['linear_2.weight', [4, 4], 'F32'], ['linear_2.bias', [4], 'F32'],
    ]);
    const largest = Math.max(...(mlp[0]?.data ?? []).map(Math.abs));
    expect(largest).toBeLessThanOrEqual(1 / Math.sqrt(6));
    expect(largest).toBeGreaterThan(0.5 / Math.sqrt(6));
    expect(mlp[1]?.data).toEqual([0, 0, 0, 0]);
    expect(await numbers('mlp', 1)).toEqual(mlp);
    expect((await numbers('mlp', 2))[0]).not.toEqual(mlp[0]);
    expect(await numbers('linear', 1)).toEqual(mlp.slice(0, 2));
  });

  it('reserves exactly the bytes that it then writes, and tells how far each file is', async () => {
    const sink = new MemorySink();
    let reserved = 0;
    const counting: ModelSink = { reserve: (bytes) => { reserved += bytes; return Promise.resolve(); }, file: (name) => sink.file(name) };
    const last = new Map<string, { loaded: number; total: number }>();
    await composeCheckpoint(tower('clip'), decoder(), { connector: 'mlp', seed: 1 }, counting, ({ file, loaded, total }) => last.set(file, { loaded, total }));
    const sizes = [...sink.files].map(([file, bytes]) => [file, { loaded: bytes.length, total: bytes.length }] as const);
    expect(last).toEqual(new Map(sizes));
    expect(reserved).toBe(sizes.reduce((sum, [, { total }]) => sum + total, 0));
  });

  it('stops when it is told to, between two slices', async () => {
    const stop = new AbortController();
    const sink = new MemorySink();
    const composed = composeCheckpoint(tower('clip'), decoder(), { connector: 'mlp', seed: 1 }, sink, () => stop.abort(new Error('enough')), stop.signal);
    await expect(composed).rejects.toThrow('enough');
    expect(sink.files.size).toBe(0);
  });
});

describe('a student composed of parts that transformers wrote', () => {
  const fromFixture = (name: string): Promise<Checkpoint> => openCheckpoint(new MemorySource(name, fixture(name)));

  it.each([
    ['clip', 'llama3'], ['clip-vision', 'llama-linear'], ['siglip', 'mistral'], ['siglip-vision', 'qwen2'],
    ['llava-clip-full', 'idefics3'], ['smolvlm', 'llava-siglip-mistral'],
  ])('of %s and %s is a model that is loaded here', async (vision, text) => {
    const student = await openCheckpoint(new MemorySource('memory/student', await compose(await fromFixture(vision), await fromFixture(text))));
    const config = parseConfig(student.config, student.tensors);
    checkTensors(config, student.tensors);
    const { image, encode } = loadTokenizer(student.tokenizer, student.tokenizerConfig, student.config, student.generation);
    expect(encode('<image>')).toEqual([image]);
    expect(config.connector).toMatchObject({ placeholder: image, shuffle: 1 });
    expect(config.decoder?.vocabulary).toBeGreaterThan(image ?? Infinity);
  });
});

describe('parts that cannot be composed', () => {
  const siglip = tower('siglip');
  const gapped = decoder();
  gapped.tensors.delete('language_model.model.layers.0.mlp.up_proj.weight');
  const blind = tower('clip');
  for (const name of [...blind.tensors.keys()]) if (name.startsWith('vision_tower')) blind.tensors.delete(name);
  const holed = tower('clip');
  holed.tensors.delete('vision_tower.vision_model.encoder.layers.1.mlp.fc1.bias');

  it.each([
    ['a decoder as the tower', decoder(), decoder(), 'checkpoint/unsupported', 'model_type is llama'],
    ['a tower as the decoder', tower('clip'), siglip, 'checkpoint/unsupported', 'model_type is siglip_vision_model'],
    ['a tower without vision tensors', blind, decoder(), 'checkpoint/unsupported', 'no vision tensors'],
    ['a tower with a tensor missing', holed, decoder(), 'checkpoint/missing-file', 'encoder.layers.1.mlp.fc1.bias'],
    ['a decoder with a tensor missing', tower('clip'), gapped, 'checkpoint/missing-file', 'mlp.up_proj.weight'],
    ['a decoder without a tokenizer', tower('clip'), decoder({ tokenizer: undefined }), 'checkpoint/unsupported', 'no tokenizer.json'],
    ['a decoder whose head is neither stored nor tied', tower('clip'), decoder({ config: textConfig }), 'checkpoint/missing-file', 'lm_head'],
    ['quantised weights', tower('clip'), decoder({ config: { ...textConfig, quantization_config: { quant_method: 'gptq' } } }), 'checkpoint/unsupported', 'gptq'],
    ['a decoder of an unknown kind inside a known model', tower('clip'), decoder({ config: { model_type: 'llava', text_config: { model_type: 'phi' } } }), 'checkpoint/unsupported', 'phi'],
    ['a configuration of other weights', tower('clip'), decoder({ config: { ...textConfig, vocab_size: 9, tie_word_embeddings: true } }), 'checkpoint/shape', '9 embeddings'],
    ['a tower for images of another size', tower('clip', { config: { model_type: 'clip_vision_model', ...visionConfig, image_size: 16 } }), decoder(), 'checkpoint/shape', '17 positions'],
    ['a tokenizer without a vocabulary', tower('clip'), decoder({ tokenizer: { model: {} } }), 'checkpoint/unsupported', 'tokenizer.json'],
  ])('are named: %s', async (_, vision, text, code, words) => {
    const sink = new MemorySink();
    await expect(composeCheckpoint(vision, text, { connector: 'mlp', seed: 1 }, sink)).rejects.toMatchObject({ code, message: expect.stringContaining(words) });
    expect(sink.files.size).toBe(0);
  });

  it('are named when they change while they are read', async () => {
    const text = decoder();
    const shrunk: Checkpoint = { ...text, read: (reading) => text.read({ ...reading, wanted: (name) => !name.includes('v_proj') && (reading.wanted?.(name) ?? true) }) };
    await expect(compose(tower('clip'), shrunk)).rejects.toMatchObject({ code: 'checkpoint/changed', message: expect.stringContaining('gate_proj') });
  });
});
