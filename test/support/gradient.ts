/** Gradients against finite differences. */
import * as tf from '@tensorflow/tfjs';
import { stream } from '../../src/random';
import { expectClose } from './close';

/** Step of the central differences: large enough for 32-bit sums, small enough for smooth operations. */
const STEP = 1e-2;
/** Entries that are looked at per input; drawn at random where there are more. */
const ENTRIES = 24;

export function randomTensor<R extends tf.Rank>(shape: tf.ShapeMap[R], ...key: (string | number)[]): tf.Tensor<R> {
  const draw = stream('tensor', ...key);
  const size = (shape as number[]).reduce((a, b) => a * b, 1);
  return tf.tensor<R>(Float32Array.from({ length: size }, () => draw() * 2 - 1), shape);
}

/**
 * Holds the gradient of a random projection of `f(...inputs)` against central differences, input by input.
 */
export async function expectGradients(f: (...inputs: tf.Tensor[]) => tf.Tensor, inputs: tf.Tensor[], tolerance = 5e-3): Promise<void> {
  const scalar = (...xs: tf.Tensor[]): tf.Scalar => tf.tidy(() => {
    const y = f(...xs);
    return tf.sum(tf.mul(y, randomTensor(y.shape as [number], 'projection')));
  });
  const gradients = tf.grads((...xs) => scalar(...xs))(inputs);
  for (const [which, input] of inputs.entries()) {
    const values = await input.data<'float32'>() as Float32Array;
    const analytic = await (gradients[which] as tf.Tensor).data();
    const draw = stream('entries', which);
    const entries = values.length <= ENTRIES ? [...values.keys()] : Array.from({ length: ENTRIES }, () => Math.floor(draw() * values.length));
    const numeric: number[] = [];
    for (const entry of entries) numeric.push(await difference(scalar, inputs, which, values, entry));
    expectClose(entries.map((entry) => analytic[entry] as number), numeric, tolerance, `gradient of input ${which}, entry`);
  }
}

async function difference(
  scalar: (...xs: tf.Tensor[]) => tf.Scalar, inputs: tf.Tensor[], which: number, values: Float32Array, entry: number,
): Promise<number> {
  const at = async (shift: number): Promise<number> => {
    const moved = values.slice();
    moved[entry] = (moved[entry] as number) + shift;
    const value = tf.tidy(() => scalar(...inputs.map((input, i) => i === which ? tf.tensor(moved, input.shape) : input)));
    return (await value.data())[0] as number;
  };
  return (await at(STEP) - await at(-STEP)) / (2 * STEP);
}
