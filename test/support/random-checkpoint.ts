/**
 * A checkpoint in memory with random weights and a tokenizer of single bytes, as small or as large as a test wants.
 */
import type { Checkpoint, StoredTensor } from '../../src/checkpoint/checkpoint';
import { parseConfig } from '../../src/model/config/config';
import { expectedTensors } from '../../src/model/tensors';
import { hash, stream } from '../../src/random';

export interface Shape {
  vision: { hidden: number; layers: number; heads: number; image: number; patch: number };
  text: { hidden: number; intermediate: number; layers: number; heads: number; kvHeads: number; vocabulary: number };
  tied: boolean;
}

export const tiny: Shape = {
  vision: { hidden: 12, layers: 2, heads: 2, image: 8, patch: 4 },
  text: { hidden: 16, intermediate: 20, layers: 2, heads: 4, kvHeads: 2, vocabulary: 300 },
  tied: true,
};

/** The size of the bundled student. */
export const student: Shape = {
  vision: { hidden: 96, layers: 3, heads: 4, image: 64, patch: 16 },
  text: { hidden: 96, intermediate: 256, layers: 3, heads: 4, kvHeads: 2, vocabulary: 1024 },
  tied: true,
};

/** The size of the bundled teacher. */
export const teacher: Shape = {
  vision: { hidden: 160, layers: 4, heads: 4, image: 64, patch: 16 },
  text: { hidden: 192, intermediate: 512, layers: 4, heads: 6, kvHeads: 3, vocabulary: 1024 },
  tied: true,
};

export function configJson({ vision, text, tied }: Shape): Record<string, unknown> {
  return {
    model_type: 'llava',
    image_token_id: 3,
    vision_feature_layer: -1,
    tie_word_embeddings: tied,
    vision_config: {
      model_type: 'clip_vision_model', hidden_size: vision.hidden, intermediate_size: vision.hidden * 4,
      num_hidden_layers: vision.layers, num_attention_heads: vision.heads, image_size: vision.image, patch_size: vision.patch,
    },
    text_config: {
      model_type: 'llama', hidden_size: text.hidden, intermediate_size: text.intermediate, num_hidden_layers: text.layers,
      num_attention_heads: text.heads, num_key_value_heads: text.kvHeads, vocab_size: text.vocabulary, rms_norm_eps: 1e-5,
    },
  };
}

/** Weights are drawn by name, so that the same shape gives the same checkpoint in every test. */
export function randomCheckpoint(shape: Shape, name = 'random'): Checkpoint {
  const config = configJson(shape);
  const listed = new Map<string, StoredTensor>();
  for (const second of ['weight', 'bias']) {
    for (const layer of ['linear_1', 'linear_2']) {
      listed.set(`multi_modal_projector.${layer}.${second}`, { dtype: 'F32', shape: [], file: 'model.safetensors', stored: '' });
    }
  }
  const tensors = new Map<string, StoredTensor>();
  for (const [tensor, size] of expectedTensors(parseConfig(config), listed)) {
    tensors.set(tensor, { dtype: 'F32', shape: [...size], file: 'model.safetensors', stored: tensor });
  }
  return {
    name, place: 'memory', config, tokenizer: tokenizerJson(), tokenizerConfig: tokenizerConfig(), preprocessor: preprocessor(shape.vision.image),
    processor: undefined, generation: undefined, tensors,
    async read({ wanted = () => true, onSlice, onShard }) {
      for (const [tensor, { dtype, shape: size }] of tensors) {
        if (wanted(tensor)) await onSlice({ name: tensor, dtype, shape: size, first: 0, bytes: new Uint8Array(weightsOf(tensor, size).buffer) });
      }
      onShard('model.safetensors', 1, 1);
    },
  };
}

/** Normal numbers scaled by the fan-in for matrices; norms near one. */
function weightsOf(name: string, shape: readonly number[]): Float32Array<ArrayBuffer> {
  const draw = stream('weights', hash(name));
  const size = shape.reduce((a, b) => a * b, 1);
  const scale = shape.length > 1 ? 1 / Math.sqrt(size / (shape[0] as number)) : 0.1;
  const centre = /norm\d?\.weight$/.test(name) ? 1 : 0;
  return Float32Array.from({ length: size }, () =>
    centre + scale * Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw()));
}

/** Four special tokens and one token per byte, in the byte-level alphabet of GPT-2. */
function tokenizerJson(): unknown {
  const specials = ['<pad>', '<s>', '</s>', '<image>'];
  const vocabulary = Object.fromEntries([...specials, ...byteAlphabet()].map((token, id) => [token, id]));
  const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false };
  return {
    version: '1.0', truncation: null, padding: null, normalizer: null, post_processor: null,
    pre_tokenizer: byteLevel, decoder: byteLevel,
    added_tokens: specials.map((content, id) => ({ id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true })),
    model: { type: 'BPE', dropout: null, unk_token: null, fuse_unk: false, byte_fallback: false, vocab: vocabulary, merges: [] },
  };
}

function tokenizerConfig(): unknown {
  return {
    tokenizer_class: 'PreTrainedTokenizerFast', pad_token: '<pad>', bos_token: '<s>', eos_token: '</s>',
    chat_template: "{{ bos_token }}{% for message in messages %}USER: {% for part in message['content'] %}"
      + "{% if part['type'] == 'image' %}<image>\n{% else %}{{ part['text'] }}{% endif %}{% endfor %} ASSISTANT:{% endfor %}",
  };
}

function preprocessor(size: number): unknown {
  return { size: { height: size, width: size }, do_center_crop: false, image_mean: [0.5, 0.5, 0.5], image_std: [0.5, 0.5, 0.5] };
}

/** Printable bytes stand for themselves; the others for the characters from 256 on. */
function byteAlphabet(): string[] {
  const printable = (byte: number) => (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => String.fromCodePoint(printable(byte) ? byte : next++));
}
