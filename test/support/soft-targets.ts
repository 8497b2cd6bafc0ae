/** Random soft targets, and what losses of a head are compared by; the same in Node and in a browser. */
import * as tf from '@tensorflow/tfjs';
import type { Head } from '../../src/ops/cross-entropy/cross-entropy';
import * as composed from '../../src/ops/soft-targets/composed';
import { distillationLoss } from '../../src/ops/soft-targets/soft-targets';
import { type SoftTargets, tempered } from '../../src/ops/soft-targets/targets';
import { shuffled, stream } from '../../src/random';
import { expectClose } from './close';
import { randomTensor } from './gradient';

/** A table scores tokens by its rows, a weight by its columns; what is frozen is scored by a function, here from a table. */
export const headsBySort: Record<'table' | 'weight' | 'frozen', (matrix: tf.Tensor2D) => Head> = {
  table: (table) => ({ table }),
  weight: (weight) => ({ weight }),
  frozen: (table) => ({
    vocabulary: table.shape[0],
    scores: (hidden, first, width) => tf.matMul(hidden, tf.slice(table, [first, 0], [width, table.shape[1]]), false, true),
    back: (dLogits, first) => tf.matMul(dLogits, tf.slice(table, [first, 0], [dLogits.shape[1], table.shape[1]])),
  }),
};

/** Holds the loss with soft targets, and its gradients, against the composed form. @param most logits at a time */
export async function expectAsComposed(
  sort: keyof typeof headsBySort, [rows, width, vocabulary]: readonly [number, number, number], k: number, temperature: number, most: number,
): Promise<void> {
  const hidden = tf.mul(randomTensor<tf.Rank.R2>([rows, width], 'hidden', rows), 3) as tf.Tensor2D;
  const matrix = randomTensor<tf.Rank.R2>(sort === 'weight' ? [width, vocabulary] : [vocabulary, width], 'matrix', vocabulary);
  const soft = softTargets(rows, vocabulary, k, temperature);
  const labels = Array.from({ length: rows }, (_, i) => (i * 7 + 1) % vocabulary);
  const ours = await lossAndGradients((h, m) => distillationLoss(h, headsBySort[sort](m), labels, soft, most), hidden, matrix);
  const theirs = await lossAndGradients((h, m) => composed.distillationLoss(tf.matMul(h, m, false, sort !== 'weight'), labels, soft), hidden, matrix);
  tf.dispose([hidden, matrix]);
  // A frozen head gets no gradient.
  for (const [i, what] of ['loss', 'gradient of hidden', ...sort === 'frozen' ? [] : ['gradient of the head']].entries()) {
    const where = `${sort} ${rows} x ${width} x ${vocabulary}, ${k} at ${temperature}, ${most} at a time: ${what}, entry`;
    expectClose(ours[i] as Float32Array, theirs[i] as Float32Array, 2e-5, where);
  }
}

/** Every third row has none, the others k or, every second of them, fewer. */
export function softTargets(rows: number, vocabulary: number, k: number, temperature: number): SoftTargets {
  const soft = {
    k, temperature, ids: new Int32Array(rows * k).fill(-1), probabilities: new Float32Array(rows * k), weights: new Float32Array(rows),
  };
  const draw = stream('soft targets', rows, vocabulary, k);
  for (let row = 0; row < rows; row++) {
    if (row % 3 === 2) continue;
    const own = row % 2 === 0 ? k : Math.ceil(k / 2);
    soft.ids.set(shuffled([...Array(vocabulary).keys()], draw).slice(0, own), row * k);
    soft.probabilities.set(tempered(Array.from({ length: own }, () => -6 * draw()), temperature), row * k);
    soft.weights[row] = 0.5 * temperature ** 2;
  }
  return soft;
}

/** A loss of `hidden` and a head's matrix, and its gradients for both. */
export async function lossAndGradients(
  of: (hidden: tf.Tensor2D, matrix: tf.Tensor2D) => tf.Scalar, hidden: tf.Tensor2D, matrix: tf.Tensor2D,
): Promise<Float32Array[]> {
  const all = tf.tidy(() => {
    const loss = of(hidden, matrix);
    // A frozen head is on no path to the loss; the engine asks that every input is.
    const gradients = tf.grads((h, m) => tf.add(of(h as tf.Tensor2D, m as tf.Tensor2D), tf.mul(tf.sum(m), 0)))([hidden, matrix], tf.scalar(0.7));
    return [loss, ...gradients];
  });
  const data = await Promise.all(all.map((tensor) => tensor.data<'float32'>()));
  tf.dispose(all);
  return data as Float32Array[];
}
