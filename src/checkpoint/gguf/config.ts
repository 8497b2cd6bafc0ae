/** The model's configuration in Hugging Face's form, `config.json`, from the metadata. */
import type { Architecture } from './architecture';
import type { Metadata } from './metadata';
import { type RopeFields, ropeScaling } from './rope';

export interface GgufConfig {
  model_type: Architecture['name'];
  architectures: string[];
  hidden_act: 'silu';
  hidden_size: number;
  intermediate_size: number;
  num_hidden_layers: number;
  num_attention_heads: number;
  num_key_value_heads: number;
  head_dim: number;
  vocab_size: number;
  max_position_embeddings: number;
  rms_norm_eps: number;
  rope_theta: number;
  rope_scaling: RopeFields | null;
  tie_word_embeddings: boolean;
  attention_bias?: boolean;
  mlp_bias?: boolean;
  bos_token_id?: number;
  eos_token_id?: number | number[];
  pad_token_id?: number;
}

const classes: Record<Architecture['name'], string> = { llama: 'LlamaForCausalLM', qwen2: 'Qwen2ForCausalLM' };
/** llama.cpp's own, where the file says nothing. */
const defaultTheta = 10_000;

/**
 * @param factors the numbers of `rope_freqs.weight`, where the file has it
 * Throws `checkpoint/corrupt`, `checkpoint/unsupported`.
 */
export function configOf(metadata: Metadata, architecture: Architecture, factors?: Float32Array): GgufConfig {
  const key = (rest: string): string => `${architecture.name}.${rest}`;
  const theta = metadata.positive(key('rope.freq_base')) ?? defaultTheta;
  return {
    model_type: architecture.name,
    architectures: [classes[architecture.name]],
    hidden_act: 'silu',
    hidden_size: architecture.hidden,
    intermediate_size: architecture.intermediate,
    num_hidden_layers: architecture.layers,
    num_attention_heads: architecture.heads,
    num_key_value_heads: architecture.kvHeads,
    head_dim: architecture.headDim,
    vocab_size: architecture.vocabulary,
    max_position_embeddings: metadata.count(key('context_length')),
    rms_norm_eps: metadata.positive(key('attention.layer_norm_rms_epsilon')) ?? 1e-5,
    rope_theta: theta,
    rope_scaling: ropeScaling(metadata, architecture, theta, factors) ?? null,
    tie_word_embeddings: architecture.tied,
    ...(architecture.name === 'llama' && { attention_bias: architecture.bias.attention, mlp_bias: architecture.bias.mlp }),
    ...tokenIds(metadata, architecture.vocabulary),
  };
}

function tokenIds(metadata: Metadata, vocabulary: number): Pick<GgufConfig, 'bos_token_id' | 'eos_token_id' | 'pad_token_id'> {
  const id = (name: SpecialToken): number | undefined => tokenId(metadata, name, vocabulary);
  // Chat models of Llama 3 end a turn with another token than a text.
  const ends = [...new Set([id('eos'), id('eot')].filter((end) => end !== undefined))];
  return {
    bos_token_id: id('bos'),
    eos_token_id: ends.length > 1 ? ends : ends[0],
    pad_token_id: id('padding'),
  };
}

export type SpecialToken = 'bos' | 'eos' | 'eot' | 'unknown' | 'padding';

/** The id of a special token. One outside the vocabulary (files write -1 for none) is no token, as in llama.cpp. */
export function tokenId(metadata: Metadata, name: SpecialToken, vocabulary: number): number | undefined {
  const id = metadata.number(`tokenizer.ggml.${name}_token_id`);
  return id !== undefined && Number.isSafeInteger(id) && id >= 0 && id < vocabulary ? id : undefined;
}
