/**
 * A Llama of any size as a checkpoint in memory, as one would come from a file, with random weights that are drawn slice by
 * slice as they are read: it holds none. What such a model says means nothing.
 */
import type { Checkpoint, Slice, StoredTensor } from '../../checkpoint/checkpoint';
import { parseConfig } from '../../model/config/config';
import { expectedTensors } from '../../model/tensors';
import { hash } from '../../random';
import type { DecoderShape } from './work';

export interface LlamaShape extends DecoderShape {
  theta: number;
  epsilon: number;
}

const file = 'model.safetensors';
/** Numbers of a slice, or one row where that is more. */
const sliceNumbers = 2 ** 20;
/** Stands for no token of the model's, so that an answer never ends by itself. */
const end = '<end>';

/** In bfloat16, with the output head tied to the embedding. Its tokenizer knows single letters, each by its code. */
export function randomLlama(shape: LlamaShape): Checkpoint {
  const config = configOf(shape);
  const tensors = new Map<string, StoredTensor>();
  for (const [name, size] of expectedTensors(parseConfig(config), new Map())) tensors.set(name, { dtype: 'BF16', shape: [...size], file, stored: name });
  return {
    name: 'random', place: 'memory', config, tokenizer: tokenizerOf(shape.vocabulary), tokenizerConfig: { tokenizer_class: 'PreTrainedTokenizerFast', eos_token: end },
    preprocessor: undefined, processor: undefined, generation: undefined, tensors,
    async read({ wanted = () => true, onSlice, onShard }) {
      for (const [name, { shape: size }] of tensors) {
        if (!wanted(name)) continue;
        for (const slice of slicesOf(name, size)) await onSlice(slice);
      }
      onShard(file, 1, 1);
    },
  };
}

/** Whole rows each. */
function* slicesOf(name: string, shape: number[]): Iterable<Slice> {
  const columns = shape.slice(1).reduce((product, side) => product * side, 1);
  const total = columns * (shape[0] as number);
  const most = Math.max(1, Math.floor(sliceNumbers / columns)) * columns;
  const isGain = shape.length === 1;
  for (let first = 0; first < total; first += most) {
    const bits = new Uint16Array(Math.min(most, total - first));
    if (isGain) bits.fill(brainOne);
    else draw(bits, hash(name, first));
    yield { name, dtype: 'BF16', shape, first, bytes: new Uint8Array(bits.buffer) };
  }
}

/** bfloat16's 1 and 1/64. */
const brainOne = 0x3f80;
const brainSmall = 0x3c80;

/**
 * Weights between 1/64 and 1/32 on both sides of zero, as large as a model begins with. Sign and mantissa are the upper bits of
 * a linear congruential generator (Numerical Recipes), which takes a nanosecond a number where a hash takes ten.
 */
function draw(bits: Uint16Array, seed: number): void {
  let state = seed | 0;
  for (let i = 0; i < bits.length; i++) {
    state = Math.imul(state, 1664525) + 1013904223 | 0;
    bits[i] = brainSmall | state >>> 24 & 0x7f | state >>> 16 & 0x8000;
  }
}

function configOf({ hidden, intermediate, layers, heads, kvHeads, headDim, vocabulary, theta, epsilon }: LlamaShape): Record<string, unknown> {
  return {
    model_type: 'llama', hidden_size: hidden, intermediate_size: intermediate, num_hidden_layers: layers, num_attention_heads: heads, num_key_value_heads: kvHeads,
    head_dim: headDim, vocab_size: vocabulary, rms_norm_eps: epsilon, rope_theta: theta, tie_word_embeddings: true,
  };
}

function tokenizerOf(vocabulary: number): unknown {
  const letters = Array.from({ length: 256 }, (_, id): [string, number] => [String.fromCodePoint(id), id]);
  return {
    version: '1.0', truncation: null, padding: null, normalizer: null, pre_tokenizer: null, post_processor: null, decoder: null,
    added_tokens: [{ id: vocabulary, content: end, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true }],
    model: { type: 'BPE', dropout: null, unk_token: null, fuse_unk: false, byte_fallback: false, merges: [], vocab: Object.fromEntries([...letters, [end, vocabulary]]) },
  };
}
