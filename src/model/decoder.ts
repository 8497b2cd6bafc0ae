/**
 * The decoder: Llama (Touvron et al., arXiv 2302.13971) with grouped-query attention, and with the biases and the sliding
 * window of its relatives Qwen2 and Mistral, read top to bottom. Rows of all sequences lie flat, `[batch · tokens, hidden]`, so that every projection is one large product.
 */
import * as tf from '@tensorflow/tfjs';
import { swiglu } from '../ops/activation';
import { attention } from '../ops/attention';
import { gatherRows } from '../ops/gather-rows';
import { recomputed } from '../ops/recomputed';
import { rmsNorm } from '../ops/rms-norm';
import { rotary, type Rotation } from '../ops/rotary';
import { outputHeadName } from './config/config';
import type { DecoderConfig } from './config/decoder';
import { type Scope, under, type Weights } from './weights';

export const embeddingName = 'language_model.model.embed_tokens.weight';

/** What all layers of one pass share. */
export interface Pass {
  batch: number;
  tokens: number;
  /** Of every row's position; `[batch · tokens, 1, headDim]`. */
  rotation: Rotation;
  /** Broadcast to `[batch, heads, tokens, keys]`, see {@link attention}. */
  mask: tf.Tensor;
  /**
   * Rows of the flat batch whose hidden states are wanted; all by default. The last layer is finished for these alone:
   * of the others nothing but keys and values is ever read.
   */
  rows?: readonly number[];
  /** Whether layers are computed again for their gradient instead of being remembered; a cache cannot come in then. */
  recompute?: boolean;
}

/** Keys and values of one layer, each `[batch, kvHeads, tokens, headDim]`. */
export interface KeyValues {
  keys: tf.Tensor4D;
  values: tf.Tensor4D;
}

/**
 * Gives a layer's attention the keys and values that it reads, which may be more than the new ones: here a cache
 * comes in (`generate/cache.ts`).
 */
export type Remember = (layer: number, fresh: KeyValues) => KeyValues;

/**
 * Hidden states after the last norm, `[rows, hidden]`.
 * @param x embeddings, `[batch · tokens, hidden]`
 */
export function decoder(
  weights: Weights, config: DecoderConfig, x: tf.Tensor2D, pass: Pass, remember: Remember = (_, fresh) => fresh,
): tf.Tensor2D {
  for (let i = 0; i < config.layers; i++) {
    const w = under(weights, `language_model.model.layers.${i}`);
    const rows = i === config.layers - 1 ? pass.rows : undefined;
    const layer = (before: tf.Tensor2D, mask: tf.Tensor, cos: tf.Tensor3D, sin: tf.Tensor3D, swap: tf.Tensor2D) =>
      decoderLayer(w, config, before, { ...pass, rows, mask, rotation: { cos, sin, swap } }, (fresh) => remember(i, fresh));
    const { cos, sin, swap } = pass.rotation;
    // Of what a layer computes on its way only what its gradient needs is kept, or not even that.
    x = pass.recompute ? recomputed(layer, x, [pass.mask, cos, sin, swap], w.adapters()) : tf.tidy(() => layer(x, pass.mask, cos, sin, swap));
  }
  return rmsNorm(x, weights.get('language_model.model.norm.weight'), config.epsilon);
}

/**
 * Scores of every token of the vocabulary, `[rows, vocabulary]`.
 * @param hidden `[rows, hidden]`: only the rows whose next token matters
 */
export function outputHead(weights: Weights, config: DecoderConfig, hidden: tf.Tensor2D): tf.Tensor2D {
  return config.tied ? weights.scores(embeddingName, hidden) : weights.linear(outputHeadName.replace(/\.weight$/, ''), hidden);
}

function decoderLayer(
  w: Scope, config: DecoderConfig, x: tf.Tensor2D, pass: Pass, remember: (fresh: KeyValues) => KeyValues,
): tf.Tensor2D {
  const mixed = mixTokens(w, config, rmsNorm(x, w.get('input_layernorm.weight'), config.epsilon), pass, remember);
  const [own, heard] = pass.rows ? [gatherRows(x, pass.rows), gatherRows(mixed, pass.rows)] : [x, mixed];
  const attended = tf.add<tf.Tensor2D>(own, w.linear('self_attn.o_proj', heard));
  return tf.add(attended, feedForward(w, rmsNorm(attended, w.get('post_attention_layernorm.weight'), config.epsilon)));
}

/** Self-attention before its output projection, `[batch · tokens, heads · headDim]`. */
function mixTokens(
  w: Scope, { heads, kvHeads, headDim }: DecoderConfig, x: tf.Tensor2D, { batch, tokens, rotation, mask }: Pass,
  remember: (fresh: KeyValues) => KeyValues,
): tf.Tensor2D {
  const project = (name: string, count: number) =>
    tf.reshape(w.linear(`self_attn.${name}`, x), [batch * tokens, count, headDim]) as tf.Tensor3D;
  const byHead = (rows: tf.Tensor3D, count: number) =>
    tf.transpose(tf.reshape(rows, [batch, tokens, count, headDim]) as tf.Tensor4D, [0, 2, 1, 3]);

  const queries = byHead(rotary(project('q_proj', heads), rotation), heads);
  const { keys, values } = remember({
    keys: byHead(rotary(project('k_proj', kvHeads), rotation), kvHeads),
    values: byHead(project('v_proj', kvHeads), kvHeads),
  });
  const mixed = attention(queries, keys, values, mask);
  return tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), [batch * tokens, heads * headDim]);
}

function feedForward(w: Scope, x: tf.Tensor2D): tf.Tensor2D {
  return w.linear('mlp.down_proj', swiglu(w.linear('mlp.gate_proj', x), w.linear('mlp.up_proj', x)));
}
