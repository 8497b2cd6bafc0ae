/**
 * How an operation gets a gradient of its own: one typed seam over `tf.customGrad`. It holds no mathematics.
 */
import * as tf from '@tensorflow/tfjs';

/** Keeps tensors of the forward pass for the backward pass. Free when nobody differentiates. */
export type Save = (tensors: tf.Tensor[]) => void;

/**
 * Runs `forward` as one operation whose gradient is `backward`.
 * @param inputs what the gradient is taken for
 * @param backward gets the gradient of the output and what was saved; returns one gradient per input, in order
 */
export function differentiable<T extends tf.Tensor>(
  inputs: tf.Tensor[],
  forward: (save: Save) => T,
  backward: (dy: T, saved: tf.Tensor[]) => tf.Tensor[],
): T {
  const op = tf.customGrad<T>((...args) => ({
    value: forward(args[inputs.length] as Save),
    // Else what it computes on its way would stay until the whole backward pass is over.
    gradFunc: (dy: T, saved: tf.Tensor[]) => tf.tidy(() => backward(dy, saved)),
  }));
  return op(...inputs);
}
