/** Products of square matrices as whatever computes by TensorFlow.js does them. */
import * as tf from '@tensorflow/tfjs';
import type { Contender } from './contender';

export function productBy(multiply: (a: tf.Tensor2D, b: tf.Tensor2D) => tf.Tensor2D): Contender['product'] {
  return (size, times) => {
    const [a, b] = [tf.randomUniform<tf.Rank.R2>([size, size]), tf.randomUniform<tf.Rank.R2>([size, size])];
    return Promise.resolve(async () => {
      const corner = tf.tidy(() => {
        let c = multiply(a, b);
        for (let i = 1; i < times; i++) {
          c.dispose();
          c = multiply(a, b);
        }
        return tf.slice(c, [0, 0], [1, 1]);
      });
      // Reading a single number waits for all, and moves next to nothing.
      await corner.data();
      corner.dispose();
    });
  };
}
