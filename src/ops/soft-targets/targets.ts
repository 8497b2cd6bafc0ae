/** Soft targets as a loss takes them: what a teacher would have said in the place of each label. No tensors yet. */

/** Of every row of a loss, its likeliest tokens by a teacher's measure. */
export interface SoftTargets {
  /** Tokens that a row has at most. */
  k: number;
  /** At which distributions are compared; above 0. */
  temperature: number;
  /** `[rows, k]`, each row's of different tokens; −1 where a row has fewer. */
  ids: Int32Array;
  /** `[rows, k]`; of a row with soft targets they add up to 1, elsewhere they are 0. */
  probabilities: Float32Array;
  /** What each row's divergence counts in the loss, `[rows]`; 0 for a row without soft targets. */
  weights: Float32Array;
}

/**
 * The teacher's distribution over its k likeliest tokens at a temperature: `softmax(log p / T)` over these alone.
 * @param logProbs at temperature 1
 */
export function tempered(logProbs: ArrayLike<number>, temperature: number): Float32Array {
  const scores = Array.from(logProbs, (one) => one / temperature);
  const top = scores.reduce((highest, one) => Math.max(highest, one), -Infinity);
  const powers = scores.map((one) => Math.exp(one - top));
  const sum = powers.reduce((a, b) => a + b, 0);
  return Float32Array.from(powers, (one) => one / sum);
}
