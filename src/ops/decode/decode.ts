/** Decoding as operations on tensors: the cache, attention to it and the choice of tokens. None has a gradient. */
import * as tf from '@tensorflow/tfjs';
import type { Heads } from '../attention/kernels';
import { gatherRows } from '../gather-rows/gather-rows';
import { asTensor, uninitialised } from '../tensor';
import type { Turns } from '../rotary/kernels';
import type { Cache, Sampling } from './kernels';
import { onDevice } from './on-device';

/** Caches of so many layers with room for `capacity` tokens of each sequence. Throws `device/limit`. */
export function emptyCaches(layers: number, batch: number, capacity: number, { kvHeads, headDim }: Heads): Cache[] {
  const empty = (): tf.Tensor3D => asTensor(uninitialised([batch, capacity, kvHeads * headDim]));
  const caches: Cache[] = [];
  // Where there is room for some layers only, they are disposed of.
  tf.tidy(() => {
    for (let layer = 0; layer < layers; layer++) caches.push({ keys: empty(), values: empty() });
    for (const { keys, values } of caches) [keys, values].forEach((tensor) => tf.keep(tensor));
  });
  return caches;
}

export function disposeCache({ keys, values }: Cache): void {
  tf.dispose([keys, values]);
}

/** A cache of these sequences alone, in this order; the other is given up. */
export function pickSequences(cache: Cache, sequences: readonly number[]): Cache {
  const pick = (x: tf.Tensor3D): tf.Tensor3D => {
    const [batch, capacity, width] = x.shape;
    const picked = tf.tidy(() => (
      tf.reshape(gatherRows(tf.reshape(x, [batch, capacity * width]), sequences), [sequences.length, capacity, width]) as tf.Tensor3D
    ));
    x.dispose();
    return tf.keep(picked);
  };
  return { keys: pick(cache.keys), values: pick(cache.values) };
}

/**
 * Attention of one new token per sequence, whose query and key are turned and whose key and value are stored.
 * @param qkv not turned, `[batch, (heads + 2·kvHeads)·headDim]`
 * @param turns its positions are the tokens' in their sequences, int32 `[batch]`
 * @param window how many tokens back it sees, itself included; infinite for all
 * @returns `[batch, heads·headDim]`
 */
export function attendNext(qkv: tf.Tensor2D, cache: Cache, turns: Turns, window: number, heads: Heads): tf.Tensor2D {
  return asTensor(onDevice().attendNext(qkv, cache, turns, window, heads));
}

/**
 * Stores keys and values of whole prompts.
 * @param qkv turned, `[batch · tokens, (heads + 2·kvHeads)·headDim]`
 * @param positions of its rows, int32 `[batch · tokens]`
 * @param tokens rows of a prompt, padding included
 */
export function storePrompts(qkv: tf.Tensor2D, cache: Cache, positions: tf.Tensor1D, tokens: number, heads: Heads): void {
  onDevice().store(qkv, cache, positions, tokens, heads);
}

/**
 * One token per row, int32 `[rows]`.
 * @param logits `[rows, vocabulary]`
 * @param draws uniform in [0, 1), one per row; none at temperature 0
 */
export function sampleTokens(logits: tf.Tensor2D, sampling: Sampling, draws: readonly number[]): tf.Tensor1D {
  return tf.tidy(() => asTensor(onDevice().sample(logits, sampling, tf.tensor1d([...draws], 'float32'))));
}
