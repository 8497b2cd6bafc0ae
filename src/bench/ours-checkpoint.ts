/** The measured Llama as a checkpoint in memory, as one would come from a file: its weights, and a tokenizer of single letters. */
import type { Checkpoint, StoredTensor } from '../checkpoint/checkpoint';
import { initialWeights } from './initial';
import { shape } from './work';

const partNames: Record<string, string> = {
  norm1: 'input_layernorm', norm2: 'post_attention_layernorm', q: 'self_attn.q_proj', k: 'self_attn.k_proj', v: 'self_attn.v_proj', o: 'self_attn.o_proj',
  gate: 'mlp.gate_proj', up: 'mlp.up_proj', down: 'mlp.down_proj',
};
const file = 'model.safetensors';
/** Stands for no token of the model's, so that an answer never ends by itself. */
const end = '<end>';

export function llamaCheckpoint(): Checkpoint {
  const numbers = new Map<string, Float32Array<ArrayBuffer>>();
  const tensors = new Map<string, StoredTensor>();
  for (const { name, shape: size, data } of initialWeights('llama')) {
    const [, layer, part = ''] = /^layers\.(\d+)\.(\w+)$/.exec(name) ?? [];
    const stored = layer === undefined ? { embedding: 'embed_tokens', norm: 'norm' }[name] : `layers.${layer}.${partNames[part]}`;
    const full = `language_model.model.${stored}.weight`;
    // What rows are multiplied by is stored the other way round; what is looked up by row is not.
    const turned = layer !== undefined && size.length === 2;
    numbers.set(full, turned ? transposed(data, size as [number, number]) : data);
    tensors.set(full, { dtype: 'F32', shape: turned ? [...size].reverse() : size, file, stored: full });
  }
  return {
    name: 'measured', place: 'memory', config, tokenizer, tokenizerConfig: { tokenizer_class: 'PreTrainedTokenizerFast', eos_token: end },
    preprocessor: undefined, processor: undefined, generation: undefined, tensors,
    async read({ wanted = () => true, onSlice, onShard }) {
      for (const [name, { dtype, shape: size }] of tensors) {
        if (wanted(name)) await onSlice({ name, dtype, shape: size, first: 0, bytes: new Uint8Array((numbers.get(name) as Float32Array<ArrayBuffer>).buffer) });
      }
      onShard(file, 1, 1);
    },
  };
}

const config = {
  model_type: 'llama', hidden_size: shape.width, intermediate_size: shape.hidden.llama, num_hidden_layers: shape.layers, num_attention_heads: shape.heads,
  num_key_value_heads: shape.heads, vocab_size: shape.vocabulary, rms_norm_eps: shape.epsilon, rope_theta: shape.theta, tie_word_embeddings: true,
};

const letters = Object.fromEntries(Array.from({ length: shape.vocabulary }, (_, id) => [String.fromCodePoint(id), id]));
const tokenizer = {
  version: '1.0', truncation: null, padding: null, normalizer: null, pre_tokenizer: null, post_processor: null, decoder: null,
  added_tokens: [{ id: shape.vocabulary, content: end, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true }],
  model: { type: 'BPE', dropout: null, unk_token: null, fuse_unk: false, byte_fallback: false, vocab: { ...letters, [end]: shape.vocabulary }, merges: [] },
};

function transposed(data: Float32Array, [rows, columns]: [number, number]): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: data.length }, (_, i) => data[(i % rows) * columns + Math.floor(i / rows)] as number);
}
