/**
 * Scaled dot-product attention with grouped queries, with its gradient. Keys and values are never repeated: the
 * query heads that share a key head are stacked as rows of one product. The scores are materialised.
 */
import * as tf from '@tensorflow/tfjs';
import { ComdError } from '../errors';
import { differentiable } from './differentiable';
import { transposeLast } from './matmul';

/**
 * `softmax(q·kᵀ/√headDim + mask)·v`.
 * @param q `[batch, heads, queries, headDim]`
 * @param k `[batch, kvHeads, keys, headDim]`; query head h reads key head ⌊h / (heads / kvHeads)⌋
 * @param v as `k`
 * @param mask added to the scores, broadcast to `[batch, heads, queries, keys]`: 0 where a query may look, {@link HIDDEN} elsewhere
 * @returns as `q`
 */
export function attention(q: tf.Tensor4D, k: tf.Tensor4D, v: tf.Tensor4D, mask?: tf.Tensor): tf.Tensor4D {
  const [batch, heads, queries, headDim] = q.shape;
  const [, kvHeads, keys] = k.shape;
  mustReach(batch * heads * queries);
  const scale = 1 / Math.sqrt(headDim);
  const grouped: [number, number, number] = [batch * kvHeads, heads / kvHeads * queries, headDim];
  const stored: [number, number, number] = [batch * kvHeads, keys, headDim];

  return differentiable([q, k, v], (save) => {
    const query = tf.reshape(tf.mul(q, scale), grouped);
    const scores = tf.reshape(tf.matMul(query, transposeLast(tf.reshape(k, stored))), [batch, heads, queries, keys]);
    const probabilities = tf.reshape(tf.softmax(mask ? tf.add(scores, mask) : scores), [grouped[0], grouped[1], keys]);
    save([query, k, v, probabilities]);
    return tf.reshape(tf.matMul(probabilities, tf.reshape(v, stored)), q.shape);
  }, (dy, saved) => {
    // dV = Pᵀ·dO; dP = dO·Vᵀ; dS = P ∘ (dP − Σ dP∘P); dQ = scale·dS·K; dK = dSᵀ·(scale·Q).
    const [query, key, value, p] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
    const dOut = tf.reshape(dy, grouped);
    const dP = tf.matMul(dOut, transposeLast(tf.reshape(value, stored)));
    const dS = tf.mul(p, tf.sub(dP, tf.sum(tf.mul(dP, p), -1, true)));
    const dQ = tf.mul(tf.matMul(dS, tf.reshape(key, stored)), scale);
    return [
      tf.reshape(dQ, q.shape),
      tf.reshape(tf.matMul(transposeLast(dS), query), k.shape),
      tf.reshape(tf.matMul(transposeLast(p), dOut), v.shape),
    ];
  });
}

/** The stock softmax reaches 65,535 rows on WebGPU and leaves the rest as garbage without a sign. */
function mustReach(rows: number): void {
  if (rows <= 65_535 || tf.getBackend() !== 'webgpu') return;
  throw new ComdError('device/limit', `Attention over ${rows} rows of scores is more than the 65,535 that WebGPU computes rightly here.`,
    'Use a smaller batch, or choose the WASM backend.');
}

/** What a mask adds where a query may not look: far enough below any score that its exponential is exactly zero. */
export const HIDDEN = -1e9;

/**
 * The mask under which a token sees itself and what came before it, `[tokens, tokens]`.
 * @param window how many tokens back it sees, itself included
 */
export function causalMask(tokens: number, window = Infinity): tf.Tensor2D {
  const mask = new Float32Array(tokens * tokens);
  for (let row = 0; row < tokens; row++) {
    mask.fill(HIDDEN, row * tokens, row * tokens + Math.max(0, row + 1 - window));
    mask.fill(HIDDEN, row * tokens + row + 1, (row + 1) * tokens);
  }
  return tf.tensor2d(mask, [tokens, tokens]);
}
