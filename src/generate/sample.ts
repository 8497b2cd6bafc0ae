/** From scores to a token. Draws come from the host, keyed by request, so that a batch's make-up changes nothing. */
import * as tf from '@tensorflow/tfjs';

/**
 * One token per row: the likeliest at temperature 0, else drawn from `softmax(logits / temperature)`.
 * @param logits `[rows, vocabulary]`; disposed
 * @param draws one uniform number in [0, 1) per row, asked for only where it is needed
 */
export async function sample(logits: tf.Tensor2D, temperature: number, draws: readonly (() => number)[]): Promise<number[]> {
  const answer = tf.tidy(() => temperature === 0 ? tf.argMax(logits, -1) : tf.softmax(tf.div(logits, temperature)));
  logits.dispose();
  const data = await answer.data();
  answer.dispose();
  if (temperature === 0) return Array.from(data);
  const vocabulary = data.length / draws.length;
  return draws.map((draw, row) => inverse(data.subarray(row * vocabulary, (row + 1) * vocabulary), draw()));
}

/** The first index at which the running sum passes `share` of the whole; `probabilities` need not sum to exactly 1. */
function inverse(probabilities: ArrayLike<number>, share: number): number {
  let total = 0;
  for (let i = 0; i < probabilities.length; i++) total += probabilities[i] as number;
  let left = share * total;
  for (let i = 0; i < probabilities.length; i++) {
    left -= probabilities[i] as number;
    if (left < 0) return i;
  }
  return probabilities.length - 1;
}
