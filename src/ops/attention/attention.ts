/**
 * Scaled dot-product attention with grouped queries, from joint queries, keys and values to what each head mixes. One
 * operation with its gradient on every backend; the scores are never stored. `composed.ts` is the same from stock operations.
 */
import type * as tf from '@tensorflow/tfjs';
import { differentiable } from '../differentiable';
import { asTensor } from '../tensor';
import type { AttentionShape, Mask } from './kernels';
import { onDevice } from './on-device';

/** Every query sees every key of its sequence. */
export const everything: Mask = { causal: false, window: Infinity };

/** A query sees itself and what comes before it. @param window how many tokens back it sees, itself included */
export function causal(window = Infinity): Mask {
  return { causal: true, window };
}

/**
 * `softmax(q·kᵀ/√headDim)·v` over the keys that are seen. A query that sees no key gets zeros.
 * @param qkv `[batch · tokens, (heads + 2·kvHeads)·headDim]`: queries, keys, values, each head after head
 * @returns `[batch · tokens, heads·headDim]`
 */
export function attention(qkv: tf.Tensor2D, shape: AttentionShape, mask: Mask): tf.Tensor2D {
  return differentiable([qkv], (save) => {
    const { mixed, logSums } = onDevice().attend(qkv, shape, mask);
    const out = asTensor<tf.Tensor2D>(mixed);
    save([qkv, out, asTensor(logSums), ...(mask.lengths ? [mask.lengths] : [])]);
    return out;
  }, (dMixed, [joint, mixed, logSums, lengths]) => [asTensor(onDevice().attendBack(
    dMixed, joint as tf.Tensor, mixed as tf.Tensor, logSums as tf.Tensor, shape, { ...mask, lengths: lengths as tf.Tensor1D | undefined },
  ))]);
}
