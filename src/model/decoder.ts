/**
 * The decoder: Llama (Touvron et al., arXiv 2302.13971) with grouped-query attention, and with the biases and the sliding
 * window of its relatives Qwen2 and Mistral, read top to bottom. Rows of all sequences lie flat, `[batch · tokens, hidden]`,
 * so that every projection is one large product.
 */
import * as tf from '@tensorflow/tfjs';
import { attention } from '../ops/attention/attention';
import type { AttentionShape, Heads, Mask } from '../ops/attention/kernels';
import type { Head } from '../ops/cross-entropy/cross-entropy';
import { gatherRows } from '../ops/gather-rows/gather-rows';
import { forkRmsNorm, rmsNorm } from '../ops/norm/norm';
import { frozenHead } from '../ops/packed/head';
import { isPacked } from '../ops/packed/matrix';
import { recomputed } from '../ops/recomputed';
import type { Turns } from '../ops/rotary/kernels';
import { rotary } from '../ops/rotary/rotary';
import { outputHeadName } from './config/config';
import type { DecoderConfig } from './config/decoder';
import { type Scope, under, type Weights } from './weights';

export const embeddingName = 'language_model.model.embed_tokens.weight';

/** What all layers of one pass over whole sequences share. */
export interface Pass {
  shape: AttentionShape;
  /** Of every row's position. */
  turns: Turns;
  mask: Mask;
  /**
   * Rows of the flat batch whose hidden states are wanted; all by default. The last layer is finished for these alone:
   * of the others nothing but keys and values is ever read.
   */
  rows?: readonly number[];
  /**
   * Layers are computed again for their gradient instead of being remembered; of these tensors, or of all that there are, the
   * gradient is taken.
   */
  recompute?: ReadonlySet<tf.Tensor> | 'all';
  /** Sees every layer's queries, keys and values once they are turned; see {@link rotary}. */
  remember?(layer: number, qkv: tf.Tensor2D): void;
}

/** One new token of every sequence. */
export interface Step {
  /**
   * Turns queries and keys by their positions, remembers keys and values, and says what each query hears of its sequence.
   * @param qkv not turned, `[batch, (heads + 2·kvHeads)·headDim]`
   * @returns `[batch, heads · headDim]`
   */
  attend(layer: number, qkv: tf.Tensor2D): tf.Tensor2D;
}

/**
 * Hidden states after the last norm, `[rows, hidden]`.
 * @param x embeddings, `[batch · tokens, hidden]`
 */
export function decoder(weights: Weights, config: DecoderConfig, x: tf.Tensor2D, pass: Pass): tf.Tensor2D {
  for (let i = 0; i < config.layers; i++) {
    const w = under(weights, layerName(i));
    const rows = i === config.layers - 1 && !isEvery(pass.rows, x.shape[0]) ? pass.rows : undefined;
    const layer = (before: tf.Tensor2D, positions: tf.Tensor1D): tf.Tensor2D => {
      const turns = { ...pass.turns, positions };
      const mix = (qkv: tf.Tensor2D): tf.Tensor2D => {
        const turned = rotary(qkv, turns, pass.shape);
        pass.remember?.(i, turned);
        return attention(turned, pass.shape, pass.mask);
      };
      return decoderLayer(w, config, before, mix, rows);
    };
    const { positions } = pass.turns;
    // Of what a layer computes on its way only what its gradient needs is kept, or not even that.
    x = pass.recompute ? recomputed(layer, x, [positions], trainedOf(w, pass.recompute)) : tf.tidy(() => layer(x, positions));
  }
  return lastNorm(weights, config, x);
}

/**
 * Hidden states of one new token of every sequence, `[batch, hidden]`. It has no gradient.
 * @param x their embeddings, `[batch, hidden]`
 */
export function decodeStep(weights: Weights, config: DecoderConfig, x: tf.Tensor2D, { attend }: Step): tf.Tensor2D {
  for (let i = 0; i < config.layers; i++) {
    const before = x;
    x = tf.tidy(() => stepLayer(under(weights, layerName(i)), config, before, (qkv) => attend(i, qkv)));
  }
  return lastNorm(weights, config, x);
}

export function headsOf({ heads, kvHeads, headDim }: DecoderConfig): Heads {
  return { heads, kvHeads, headDim };
}

/**
 * Scores of every token of the vocabulary, `[rows, vocabulary]`. It has no gradient: the loss is computed from {@link headOf}.
 * @param hidden `[rows, hidden]`: only the rows whose next token matters
 */
export function outputHead(weights: Weights, config: DecoderConfig, hidden: tf.Tensor2D): tf.Tensor2D {
  return config.tied ? weights.scores(embeddingName, hidden) : weights.linear(outputHeadLayer, hidden);
}

/** What turns hidden states into scores, as the loss takes it. */
export function headOf(weights: Weights, config: DecoderConfig): Head {
  const weight = weights.weight(config.tied ? embeddingName : outputHeadName);
  if (isPacked(weight)) return frozenHead(weight);
  return config.tied ? { table: weight as tf.Tensor2D } : { weight: weight as tf.Tensor2D };
}

const outputHeadLayer = outputHeadName.replace(/\.weight$/, '');
const layerName = (layer: number): string => `language_model.model.layers.${layer}`;

function trainedOf(w: Scope, trained: ReadonlySet<tf.Tensor> | 'all'): tf.Tensor[] {
  return trained === 'all' ? w.tensors() : w.tensors().filter((tensor) => trained.has(tensor));
}

/** Whether these are all rows in order, so that none need be picked. */
function isEvery(rows: readonly number[] | undefined, count: number): boolean {
  return rows?.length === count && rows.every((row, i) => row === i);
}

function lastNorm(weights: Weights, config: DecoderConfig, x: tf.Tensor2D): tf.Tensor2D {
  return rmsNorm(x, weights.get('language_model.model.norm.weight'), config.epsilon);
}

/** @param mix from queries, keys and values of all rows to what each hears, `[rows, heads · headDim]` */
function decoderLayer(
  w: Scope, { epsilon }: DecoderConfig, x: tf.Tensor2D, mix: (qkv: tf.Tensor2D) => tf.Tensor2D, rows?: readonly number[],
): tf.Tensor2D {
  const [past, normed] = forkRmsNorm(x, w.get('input_layernorm.weight'), epsilon);
  const mixed = mix(w.linear('self_attn.qkv_proj', normed));
  const [own, heard] = rows ? [gatherRows(past, rows), gatherRows(mixed, rows)] : [past, mixed];
  const attended = w.linear('self_attn.o_proj', heard, own);
  const [kept, inner] = forkRmsNorm(attended, w.get('post_attention_layernorm.weight'), epsilon);
  return w.linear('mlp.down_proj', w.gated('mlp.gate_up_proj', inner), kept);
}

/** As {@link decoderLayer}, of few rows and without a gradient: a norm and the product behind it are one. */
function stepLayer(w: Scope, { epsilon }: DecoderConfig, x: tf.Tensor2D, mix: (qkv: tf.Tensor2D) => tf.Tensor2D): tf.Tensor2D {
  const mixed = mix(w.normedLinear('self_attn.qkv_proj', x, 'input_layernorm.weight', epsilon));
  const attended = w.linear('self_attn.o_proj', mixed, x);
  return w.linear('mlp.down_proj', w.normedGated('mlp.gate_up_proj', attended, 'post_attention_layernorm.weight', epsilon), attended);
}
