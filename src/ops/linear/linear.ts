/**
 * Linear maps with what is added to them or gates them, one kernel each; the gradient of a side is computed only if it is
 * asked for. Weights are kept `[in, out]`, the transpose of how a checkpoint stores them.
 */
import * as tf from '@tensorflow/tfjs';
import { onDevice as activations } from '../activation/on-device';
import { type Gradient, differentiable } from '../differentiable';
import { onDevice } from './on-device';
import { product, productBack, productOfRows, sumOfRows } from './product';
import { asTensor } from '../tensor';

/** What is added to a product. */
export interface Beside {
  /** `[out]`, to every row. */
  bias?: tf.Tensor;
  /** `[rows, out]` */
  residual?: tf.Tensor2D;
}

/**
 * `x·weight (+ bias) (+ residual)`.
 * @param x `[rows, in]`
 * @param weight `[in, out]`
 * @returns `[rows, out]`
 */
export function linear(x: tf.Tensor2D, weight: tf.Tensor, beside: Beside = {}): tf.Tensor2D {
  const { bias, residual } = beside;
  const inputs = [x, weight, bias, residual].filter((input) => input !== undefined);
  return differentiable(inputs, (save) => {
    save([x, weight]);
    return product(x, weight, beside);
  }, (dy, saved) => {
    const gradients = gradientsOfProduct(dy, saved);
    if (bias) gradients.push(() => sumOfRows(dy));
    // A clone shares the numbers. The engine disposes of a gradient once it has added another to it, and dy is not ours.
    if (residual) gradients.push(() => tf.clone(dy));
    return gradients;
  });
}

/**
 * `silu(x·gate) ∘ (x·up)`, the first half of a SwiGLU layer (Shazeer, arXiv 2002.05202).
 * @param x `[rows, in]`
 * @param weight `[in, 2·width]`: the columns of gate, then those of up
 * @returns `[rows, width]`
 */
export function gated(x: tf.Tensor2D, weight: tf.Tensor): tf.Tensor2D {
  if (x.shape[0] === 0) return emptyGated(x, weight);
  return tf.tidy(() => {
    const both = onDevice().multiplyGated(x, weight);
    // Two operations to the tape, so that the gradients of x and of the weight share that of the gates.
    const gates = differentiable([x, weight], (save) => {
      save([x, weight]);
      return asTensor<tf.Tensor2D>(both.gates);
    }, gradientsOfProduct);
    return differentiable([gates], (save) => {
      save([gates]);
      return asTensor<tf.Tensor2D>(both.out);
    }, (dy, [gates]) => [asTensor(activations().swigluBack(dy, gates as tf.Tensor))]);
  });
}

function emptyGated(x: tf.Tensor2D, weight: tf.Tensor): tf.Tensor2D {
  const width = (weight.shape[1] as number) / 2;
  return differentiable([x, weight], () => tf.zeros([0, width]), () => [() => tf.zerosLike(x), () => tf.zeros(weight.shape)]);
}

/** Of x and of the weight, which were saved. */
function gradientsOfProduct(dy: tf.Tensor, saved: tf.Tensor[]): Gradient[] {
  const [x, weight] = saved as [tf.Tensor, tf.Tensor];
  return [() => productBack(dy, weight), () => productOfRows(x, dy)];
}
