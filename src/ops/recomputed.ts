/**
 * Trades time for memory: what a function computes on its way is thrown away and computed again when its gradient is
 * taken (Chen et al., arXiv 1604.06174). It knows no layers.
 */
import * as tf from '@tensorflow/tfjs';
import { differentiable } from './differentiable';

/**
 * `f(x, ...given)`, of which only these are kept for the gradient.
 * @param given what `f` reads beside `x` and no gradient is taken for; it may be gone by the time of the backward pass
 * @param parameters what `f` reads by itself, a gradient may be taken for, and lives on
 */
export function recomputed<Given extends tf.Tensor[]>(
  f: (x: tf.Tensor2D, ...given: Given) => tf.Tensor2D, x: tf.Tensor2D, given: Given, parameters: readonly tf.Tensor[],
): tf.Tensor2D {
  return differentiable([x, ...parameters], (save) => {
    save([x, ...given]);
    return f(x, ...given);
  }, (dy, [input, ...kept]) => gradientsWithin((at) => f(at as tf.Tensor2D, ...kept as Given), [input as tf.Tensor, ...parameters], dy));
}

/** Gradients taken inside the backward pass of others, which the engine has one tape for: it is put aside meanwhile. */
function gradientsWithin(f: (...inputs: tf.Tensor[]) => tf.Tensor2D, inputs: tf.Tensor[], dy: tf.Tensor2D): tf.Tensor[] {
  const { state } = tf.engine();
  const outer = state.activeTape;
  try {
    return tf.grads(f)(inputs, dy);
  } finally {
    state.activeTape = outer;
  }
}
