/**
 * Low-rank corrections of a linear layer (LoRA, Hu et al., arXiv 2106.09685), added to what the layer gave, in place: each
 * corrects some of its columns. The layer's own weight is none of its business, and may be packed.
 */
import * as tf from '@tensorflow/tfjs';
import { differentiable } from '../differentiable';
import { onDevice } from './on-device';
import { product, productBack, productOfRows } from './product';

/** Adds `scale·(x·a)·b` to the columns from `from` on. */
export interface Branch {
  /** `[in, rank]` */
  a: tf.Tensor2D;
  /** `[rank, width]` */
  b: tf.Tensor2D;
  from: number;
  scale: number;
}

/**
 * `y` with all branches of x added.
 * @param y `[rows, out]`, fresh from an operation and used by nothing else: it is changed
 * @param x `[rows, in]`
 */
export function withBranches(y: tf.Tensor2D, x: tf.Tensor2D, branches: readonly Branch[]): tf.Tensor2D {
  if (y.shape[0] === 0) return y;
  return differentiable([y, x, ...branches.flatMap(({ a, b }) => [a, b])], (save) => {
    const downs = branches.map(({ a, scale }) => tf.mul<tf.Tensor2D>(product(x, a, {}), scale));
    branches.forEach((branch, i) => add(y, downs[i] as tf.Tensor2D, branch));
    save([x, ...branches.flatMap(({ a, b }, i) => [downs[i] as tf.Tensor2D, a, b])]);
    // The same numbers under another tensor, which is what the engine's tape knows results by.
    return tf.reshape(y, y.shape);
  }, (dy, [input, ...saved]) => {
    const parts = branches.map(({ from, scale }, i) => {
      const [down, a, b] = saved.slice(3 * i, 3 * i + 3) as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
      const dUp = tf.slice(dy, [0, from], [dy.shape[0], b.shape[1]]);
      return { down, a, dUp, dDown: tf.mul<tf.Tensor2D>(productBack(dUp, b), scale) };
    });
    const dx = parts.map(({ dDown, a }) => productBack(dDown, a)).reduce((sum, part) => tf.add(sum, part));
    const factors = parts.flatMap(({ down, dUp, dDown }) => [productOfRows(input as tf.Tensor, dDown), productOfRows(down, dUp)]);
    return [() => tf.clone(dy), dx, ...factors];
  });
}

function add(y: tf.Tensor2D, down: tf.Tensor2D, { b, from }: Branch): void {
  const [rank, width] = b.shape;
  onDevice().multiply({
    a: { data: down, stride: rank }, b: { data: b, stride: width }, c: { data: y, offset: from, stride: y.shape[1] },
    m: y.shape[0], k: rank, n: width, adds: true,
  });
}
