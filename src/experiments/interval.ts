/** Means over seeds, and how far they can be trusted: Student's t at 95 %, for one sample and for paired ones. */

/** A mean with the half-width of its 95 % interval: null where fewer than two values tell nothing of their spread. */
export interface Estimate {
  count: number;
  mean: number;
  half: number | null;
}

/** The 97.5 % quantiles of Student's t for 1 to 30 degrees of freedom. */
const quantiles = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131,
  2.12, 2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
];

/** The 97.5 % quantile of Student's t; above 30 degrees of freedom by its expansion around the normal one (Abramowitz and Stegun, 26.7.5). */
export function studentT(freedom: number): number {
  const z = 1.959964;
  return quantiles[freedom - 1] ?? z + (z ** 3 + z) / (4 * freedom) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * freedom ** 2);
}

/** The mean of some values and its interval; null where there are none. */
export function estimate(values: readonly number[]): Estimate | null {
  const count = values.length;
  if (count === 0) return null;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  if (count === 1) return { count, mean, half: null };
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1);
  return { count, mean, half: studentT(count - 1) * Math.sqrt(variance / count) };
}

/** A value for each seed. */
export type BySeed = ReadonlyMap<number, number>;

/**
 * The mean of `first - second` over the seeds that both have. The same seed draws the same data, so that what it makes
 * easy or hard for both goes out of the difference.
 */
export function pairedDifference(first: BySeed, second: BySeed): Estimate | null {
  return estimate([...first].flatMap(([seed, value]) => {
    const other = second.get(seed);
    return other === undefined ? [] : [value - other];
  }));
}
