/**
 * Matrix products in the only form that is fast everywhere: A·B. It also replaces the stock gradient of the product,
 * whose dY·Bᵀ and Aᵀ·dY run some fifteen times slower on WASM than a transpose followed by A·B.
 * It is not for products with a transposed argument: transpose first.
 */
import * as tf from '@tensorflow/tfjs';
import './batched-matmul/wasm';

const stock = tf.getGradient('BatchMatMul');

tf.registerGradient({
  ...stock,
  gradFunc: (dy, saved, attrs) => {
    if (attrs['transposeA'] || attrs['transposeB']) return stock.gradFunc(dy, saved, attrs);
    const [a, b] = saved as [tf.Tensor, tf.Tensor];
    // Thunks, so that the gradient of a frozen weight is never computed.
    return {
      a: () => tf.matMul(dy as tf.Tensor, transposeLast(b)),
      b: () => tf.matMul(transposeLast(a), dy as tf.Tensor),
    };
  },
});

/** Swaps the last two axes. */
export function transposeLast<T extends tf.Tensor>(x: T): T {
  const axes = x.shape.map((_, axis) => axis);
  axes.push(...axes.splice(-2).reverse());
  return tf.transpose(x, axes);
}

/**
 * A·B over the last two axes; leading axes are equal on both sides. The gradient of either side is computed only if
 * it is asked for.
 */
export function matMul<T extends tf.Tensor>(a: T, b: tf.Tensor): T {
  return tf.matMul(a, b);
}

/**
 * `x·weight (+ bias)`.
 * @param x `[rows, in]`
 * @param weight `[in, out]`, the transpose of how a checkpoint stores it
 * @param bias `[out]`
 */
export function linear(x: tf.Tensor2D, weight: tf.Tensor, bias?: tf.Tensor): tf.Tensor2D {
  const y = matMul(x, weight);
  return bias ? tf.add(y, bias) : y;
}
