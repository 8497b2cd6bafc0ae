/** Attention from TensorFlow.js' own operations: what the kernels must equal. It stores the scores, and is slow. */
import * as tf from '@tensorflow/tfjs';
import type { AttentionShape, Mask } from './kernels';

/** Far enough below any score that its exponential is zero. */
const HIDDEN = -1e9;

/** As `attention` of `attention.ts`. */
export function attention(qkv: tf.Tensor2D, shape: AttentionShape, mask: Mask): tf.Tensor2D {
  const { batch, tokens, heads, kvHeads, headDim } = shape;
  const shared = heads / kvHeads;
  const part = (first: number, count: number): tf.Tensor4D => tf.transpose(tf.reshape(
    tf.slice(qkv, [0, first * headDim], [batch * tokens, count * headDim]), [batch, tokens, count, headDim],
  ), [0, 2, 1, 3]);
  // The query heads that share a key head are stacked as rows of one product.
  const query = tf.reshape(part(0, heads), [batch * kvHeads, shared * tokens, headDim]);
  const key = tf.reshape(part(heads, kvHeads), [batch * kvHeads, tokens, headDim]);
  const value = tf.reshape(part(heads + kvHeads, kvHeads), [batch * kvHeads, tokens, headDim]);
  const seen = seenKeys(shape, mask);
  const scores = tf.reshape(tf.mul(tf.matMul(query, key, false, true), 1 / Math.sqrt(headDim)), [batch, heads, tokens, tokens]);
  // Where every key is hidden, the softmax alone would see them all alike.
  const weights = tf.mul(tf.softmax(tf.add(scores, tf.mul(tf.sub(1, seen), HIDDEN))), seen);
  const mixed = tf.matMul(tf.reshape(weights, [batch * kvHeads, shared * tokens, tokens]), value);
  return tf.reshape(tf.transpose(tf.reshape(mixed, [batch, heads, tokens, headDim]), [0, 2, 1, 3]), [batch * tokens, heads * headDim]);
}

/** 1 where a query sees a key, else 0: `[batch or 1, 1, tokens, tokens]`. */
function seenKeys({ batch, tokens }: AttentionShape, { causal, window, lengths }: Mask): tf.Tensor4D {
  const seen = Float32Array.from({ length: tokens * tokens }, (_, i) => {
    const back = Math.floor(i / tokens) - i % tokens;
    return !causal || (back >= 0 && back < window) ? 1 : 0;
  });
  const all = tf.tensor4d(seen, [1, 1, tokens, tokens]);
  if (!lengths) return all;
  const within = tf.less(tf.range(0, tokens, 1, 'int32'), tf.reshape(lengths, [batch, 1]));
  return tf.mul(all, tf.reshape(tf.cast(within, 'float32'), [batch, 1, 1, tokens]));
}
