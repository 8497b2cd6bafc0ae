/**
 * How much is asked of a model at once. A batch is also the grain of the journal: it is done whole or not at all.
 */

/** Answers, and tries of the augmentor, per call. */
export const answersPerBatch = 32;
/** Most comparisons per call; each is asked in both positions. */
const mostComparisons = 16;

/** Comparisons per call where there are `count`: at least eight calls where that can be, so that the bar moves. */
export const comparisonsPerBatch = (count: number): number => Math.max(1, Math.min(mostComparisons, Math.ceil(count / 8)));

/** `items` in slices of at most `size`, in order. */
export function inBatches<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}

/** The whole numbers from `from` up to, but without, `to`. */
export const rangeOf = (from: number, to: number): number[] => Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);

/** A number with leading zeros, so that keys sort as numbers do. */
export const numbered = (value: number, digits = 4): string => String(value).padStart(digits, '0');
