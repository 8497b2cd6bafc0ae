/** Layer normalisation with its gradient (Ba et al., arXiv 1607.06450). */
import * as tf from '@tensorflow/tfjs';
import { differentiable } from './differentiable';

/**
 * `y = weight · (x − mean)·r + bias`, `r = 1/√(variance + epsilon)` over the last axis.
 * @param x `[rows, hidden]`
 * @param weight `[hidden]`
 * @param bias `[hidden]`
 */
export function layerNorm(x: tf.Tensor2D, weight: tf.Tensor, bias: tf.Tensor, epsilon: number): tf.Tensor2D {
  return differentiable([x, weight, bias], (save) => {
    const centred = tf.sub(x, tf.mean(x, -1, true));
    const r = tf.rsqrt(tf.add(tf.mean(tf.square(centred), -1, true), epsilon));
    const normed = tf.mul(centred, r);
    save([weight, r, normed]);
    return tf.add<tf.Tensor2D>(tf.mul(normed, weight), bias);
  }, (dy, saved) => {
    // With n the normed rows and g = dy·weight: dx = r·(g − mean(g) − n·mean(g·n)).
    const [w, r, normed] = saved as [tf.Tensor, tf.Tensor, tf.Tensor];
    const g = tf.mul(dy, w);
    const projection = tf.mean(tf.mul(g, normed), -1, true);
    const dx = tf.mul(r, tf.sub(tf.sub(g, tf.mean(g, -1, true)), tf.mul(normed, projection)));
    return [dx, tf.sum(tf.mul(dy, normed), 0), tf.sum(dy, 0)];
  });
}
