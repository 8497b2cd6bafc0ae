/** Root-mean-square normalisation with its gradient (Zhang and Sennrich, arXiv 1910.07467). */
import * as tf from '@tensorflow/tfjs';
import { differentiable } from './differentiable';

/**
 * `y = weight · x·r`, `r = 1/√(mean(x²) + epsilon)` over the last axis.
 * @param x `[rows, hidden]`
 * @param weight `[hidden]`
 */
export function rmsNorm(x: tf.Tensor2D, weight: tf.Tensor, epsilon: number): tf.Tensor2D {
  return differentiable([x, weight], (save) => {
    const r = tf.rsqrt(tf.add(tf.mean(tf.square(x), -1, true), epsilon));
    const normed = tf.mul(x, r);
    save([weight, r, normed]);
    return tf.mul(normed, weight);
  }, (dy, saved) => {
    // With n = x·r and g = dy·weight: dx = r·(g − n·mean(g·n)), dweight = Σ_rows dy·n.
    const [w, r, normed] = saved as [tf.Tensor, tf.Tensor, tf.Tensor];
    const g = tf.mul(dy, w);
    const projection = tf.mean(tf.mul(g, normed), -1, true);
    const dx = tf.mul(r, tf.sub(g, tf.mul(normed, projection)));
    return [dx, tf.sum(tf.mul(dy, normed), 0)];
  });
}
