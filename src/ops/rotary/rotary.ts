/**
 * Rotary position embedding in the rotate-half convention of Hugging Face's Llama (Su et al., arXiv 2104.09864), on joint
 * queries, keys and values. One operation with its gradient; `composed.ts` is the same from stock operations.
 */
import * as tf from '@tensorflow/tfjs';
import type { Heads } from '../attention/kernels';
import { differentiable } from '../differentiable';
import { asTensor } from '../tensor';
import type { Turns } from './kernels';
import { onDevice } from './on-device';

/**
 * Turns the queries and keys of every row by its position: entries i and i + headDim/2 of a head by the i-th angle. Values
 * stay as they are.
 * @param qkv `[rows, (heads + 2·kvHeads)·headDim]`: queries, keys, values, each head after head; headDim is even
 * @returns as `qkv`
 */
export function rotary(qkv: tf.Tensor2D, turns: Turns, heads: Heads): tf.Tensor2D {
  return differentiable([qkv], (save) => {
    save([turns.cos, turns.sin, turns.positions]);
    return asTensor(onDevice().turn(qkv, turns, heads, false));
  }, (dy, [cos, sin, positions]) => {
    // A rotation's gradient is the opposite rotation.
    const saved: Turns = { cos: cos as tf.Tensor2D, sin: sin as tf.Tensor2D, positions: positions as tf.Tensor1D };
    return [asTensor(onDevice().turn(dy, saved, heads, true))];
  });
}

/**
 * Cosines and sines of the angles `p·frequency` of every position p, each `[positions, headDim / 2]`. In doubles, since an
 * angle of a late position has few digits left behind the point in 32 bits.
 * @param positions how many, from 0 on
 * @param frequencies radians per position, `[headDim / 2]`
 */
export function tableOf(positions: number, frequencies: ArrayLike<number>): Pick<Turns, 'cos' | 'sin'> {
  const half = frequencies.length;
  const cos = new Float32Array(positions * half);
  const sin = new Float32Array(positions * half);
  for (let at = 0; at < cos.length; at++) {
    const angle = Math.floor(at / half) * (frequencies[at % half] as number);
    cos[at] = Math.cos(angle);
    sin[at] = Math.sin(angle);
  }
  return { cos: tf.tensor2d(cos, [positions, half]), sin: tf.tensor2d(sin, [positions, half]) };
}
