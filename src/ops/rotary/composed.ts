/** Rotary positions from TensorFlow.js' own operations: what the kernels must equal. */
import * as tf from '@tensorflow/tfjs';
import type { Heads } from '../attention/kernels';
import type { Turns } from './kernels';

/** As `rotary` of `rotary.ts`: `[x₁·cos − x₂·sin, x₂·cos + x₁·sin]` for the halves of every query and key. */
export function rotary(qkv: tf.Tensor2D, turns: Turns, { heads, kvHeads, headDim }: Heads): tf.Tensor2D {
  const [rows] = qkv.shape;
  const turned = heads + kvHeads;
  const [queriesAndKeys, values] = tf.split(qkv, [turned * headDim, kvHeads * headDim], 1) as [tf.Tensor2D, tf.Tensor2D];
  const [first, second] = tf.split(tf.reshape(queriesAndKeys, [rows, turned, headDim]), 2, 2) as [tf.Tensor3D, tf.Tensor3D];
  const cos = tf.expandDims(tf.gather(turns.cos, turns.positions), 1);
  const sin = tf.expandDims(tf.gather(turns.sin, turns.positions), 1);
  const halves = [tf.sub(tf.mul(first, cos), tf.mul(second, sin)), tf.add(tf.mul(second, cos), tf.mul(first, sin))];
  return tf.concat2d([tf.reshape(tf.concat(halves, 2), [rows, turned * headDim]), values], 1);
}
