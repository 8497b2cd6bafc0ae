/**
 * `npx tsx scripts/make-smolvlm-shape.ts [DIR]`: a checkpoint of SmolVLM-256M's exact shape with random weights in BF16, for
 * measuring what a real one costs where none can be had. What it says means nothing.
 */
import { createWriteStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { once } from 'node:events';
import { root } from './built';

const text = { hidden: 576, intermediate: 1536, layers: 30, heads: 9, kvHeads: 3, headDim: 64, vocabulary: 49280 };
const vision = { hidden: 768, intermediate: 3072, layers: 12, heads: 12, image: 512, patch: 16 };
const shuffle = 4;
const firstSpecial = 49152;
const imageToken = 49190;

const folder = resolve(process.argv[2] ?? join(root, 'build/smolvlm-256m-shape'));
await mkdir(folder, { recursive: true });
const parameters = await writeWeights(join(folder, 'model.safetensors'));
for (const [file, json] of Object.entries(jsonFiles())) await writeFile(join(folder, file), JSON.stringify(json));
console.log(`${folder}: ${parameters.toLocaleString('en-US')} parameters`);

function* tensors(): Generator<[string, number[]]> {
  const linear = function* (name: string, out: number, inputs: number): Generator<[string, number[]]> {
    yield [`${name}.weight`, [out, inputs]];
    yield [`${name}.bias`, [out]];
  };
  const norm = function* (name: string): Generator<[string, number[]]> {
    yield [`${name}.weight`, [vision.hidden]];
    yield [`${name}.bias`, [vision.hidden]];
  };
  yield ['model.vision_model.embeddings.patch_embedding.weight', [vision.hidden, 3, vision.patch, vision.patch]];
  yield ['model.vision_model.embeddings.patch_embedding.bias', [vision.hidden]];
  yield ['model.vision_model.embeddings.position_embedding.weight', [(vision.image / vision.patch) ** 2, vision.hidden]];
  for (let i = 0; i < vision.layers; i++) {
    const layer = `model.vision_model.encoder.layers.${i}`;
    for (const name of ['q_proj', 'k_proj', 'v_proj', 'out_proj']) yield* linear(`${layer}.self_attn.${name}`, vision.hidden, vision.hidden);
    yield* norm(`${layer}.layer_norm1`);
    yield* norm(`${layer}.layer_norm2`);
    yield* linear(`${layer}.mlp.fc1`, vision.intermediate, vision.hidden);
    yield* linear(`${layer}.mlp.fc2`, vision.hidden, vision.intermediate);
  }
  yield* norm('model.vision_model.post_layernorm');
  yield ['model.connector.modality_projection.proj.weight', [text.hidden, vision.hidden * shuffle ** 2]];
  yield ['model.text_model.embed_tokens.weight', [text.vocabulary, text.hidden]];
  for (let i = 0; i < text.layers; i++) {
    const layer = `model.text_model.layers.${i}`;
    yield [`${layer}.self_attn.q_proj.weight`, [text.heads * text.headDim, text.hidden]];
    yield [`${layer}.self_attn.k_proj.weight`, [text.kvHeads * text.headDim, text.hidden]];
    yield [`${layer}.self_attn.v_proj.weight`, [text.kvHeads * text.headDim, text.hidden]];
    yield [`${layer}.self_attn.o_proj.weight`, [text.hidden, text.heads * text.headDim]];
    yield [`${layer}.mlp.gate_proj.weight`, [text.intermediate, text.hidden]];
    yield [`${layer}.mlp.up_proj.weight`, [text.intermediate, text.hidden]];
    yield [`${layer}.mlp.down_proj.weight`, [text.hidden, text.intermediate]];
    yield [`${layer}.input_layernorm.weight`, [text.hidden]];
    yield [`${layer}.post_attention_layernorm.weight`, [text.hidden]];
  }
  yield ['model.text_model.norm.weight', [text.hidden]];
  yield ['lm_head.weight', [text.vocabulary, text.hidden]];
}

async function writeWeights(path: string): Promise<number> {
  const all = [...tensors()];
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } };
  let offset = 0;
  for (const [name, shape] of all) header[name] = { dtype: 'BF16', shape, data_offsets: [offset, offset += 2 * size(shape)] };
  const json = Buffer.from(JSON.stringify(header));
  const padded = Buffer.concat([json, Buffer.alloc((8 - json.length % 8) % 8, ' ')]);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  const out = createWriteStream(path);
  out.write(length);
  out.write(padded);
  let state = 1;
  for (const [name, shape] of all) {
    const count = size(shape);
    const bits = new Uint16Array(count);
    const isNorm = /norm\d?\.weight$/.test(name);
    // 0x3c80 is 1/64: mantissa and sign are drawn, so that weights lie within 1/64 and 1/32 of zero, about 1/√fan-in.
    for (let i = 0; i < count; i++) {
      state = Math.imul(state, 1664525) + 1013904223 | 0;
      bits[i] = isNorm ? 0x3f80 : 0x3c80 | state >>> 25 | state >>> 9 & 0x8000;
    }
    if (!out.write(Buffer.from(bits.buffer))) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
  return offset / 2;
}

function size(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}

function jsonFiles(): Record<string, unknown> {
  const template = '<|im_start|>{% for message in messages %}{{message[\'role\'] | capitalize}}{% if message[\'content\'][0][\'type\'] == \'image\' %}{{\':\'}}{% else %}{{\': \'}}{% endif %}'
    + '{% for line in message[\'content\'] %}{% if line[\'type\'] == \'text\' %}{{line[\'text\']}}{% elif line[\'type\'] == \'image\' %}{{ \'<image>\' }}{% endif %}{% endfor %}<end_of_utterance>\n'
    + '{% endfor %}{% if add_generation_prompt %}{{ \'Assistant:\' }}{% endif %}';
  return {
    'config.json': {
      architectures: ['Idefics3ForConditionalGeneration'], model_type: 'idefics3', image_token_id: imageToken, scale_factor: shuffle, tie_word_embeddings: false, torch_dtype: 'bfloat16',
      text_config: {
        model_type: 'llama', hidden_size: text.hidden, intermediate_size: text.intermediate, num_hidden_layers: text.layers, num_attention_heads: text.heads,
        num_key_value_heads: text.kvHeads, head_dim: text.headDim, vocab_size: text.vocabulary, rms_norm_eps: 1e-5, rope_theta: 100000,
      },
      vision_config: {
        model_type: 'idefics3_vision', hidden_size: vision.hidden, intermediate_size: vision.intermediate, num_hidden_layers: vision.layers, num_attention_heads: vision.heads,
        image_size: vision.image, patch_size: vision.patch, hidden_act: 'gelu_pytorch_tanh', layer_norm_eps: 1e-6,
      },
    },
    'preprocessor_config.json': {
      image_processor_type: 'Idefics3ImageProcessor', do_convert_rgb: true, do_image_splitting: false, do_normalize: true, do_pad: true, do_rescale: true, do_resize: true,
      image_mean: [0.5, 0.5, 0.5], image_std: [0.5, 0.5, 0.5], max_image_size: { longest_edge: vision.image }, resample: 1, rescale_factor: 1 / 255, size: { longest_edge: 2048 },
    },
    'tokenizer.json': tokenizer(),
    'tokenizer_config.json': { tokenizer_class: 'GPT2Tokenizer', bos_token: '<|im_start|>', eos_token: '<end_of_utterance>', pad_token: '<|im_end|>', chat_template: template },
  };
}

/** Single bytes, unused words up to the special tokens, and those at the ids of the real model. */
function tokenizer(): unknown {
  const rows = Array.from({ length: 36 }, (_, i) => `<row_${Math.floor(i / 6) + 1}_col_${i % 6 + 1}>`);
  const specials = new Map([['<|endoftext|>', 0], ['<|im_start|>', 1], ['<|im_end|>', 2], ['<global-img>', firstSpecial], ...rows.map((row, i) => [row, firstSpecial + 1 + i] as const),
    ['<fake_token_around_image>', imageToken - 1], ['<image>', imageToken], ['<end_of_utterance>', text.vocabulary - 1]]);
  const printable = (byte: number): boolean => (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
  let next = 256;
  const bytes = Array.from({ length: 256 }, (_, byte) => String.fromCodePoint(printable(byte) ? byte : next++));
  const words = Array.from({ length: firstSpecial - 3 - bytes.length }, (_, i) => `unused${i}`);
  const level = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true };
  return {
    version: '1.0', truncation: null, padding: null, normalizer: null, post_processor: null, pre_tokenizer: level, decoder: level,
    added_tokens: [...specials].map(([content, id]) => ({ id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true })),
    model: {
      type: 'BPE', dropout: null, unk_token: null, fuse_unk: false, byte_fallback: false, merges: [],
      vocab: Object.fromEntries([...specials, ...[...bytes, ...words].map((word, i) => [word, i + 3] as const)]),
    },
  };
}
