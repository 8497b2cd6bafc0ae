/** What differences between shares chance alone can make. */
import type { IterationReport } from '../report';

/** A share of fewer than so many says little: at 20, one of a half is uncertain by 22 points either way. */
export const fewest = 20;

/** An iteration whose student was judged on test items. */
export type JudgedReport = IterationReport & { accuracy: number };
export const isJudged = (report: IterationReport): report is JudgedReport => report.accuracy !== null;

/** How many test items an accuracy is over. */
export const itemsOf = ({ byType }: IterationReport): number => Object.values(byType).reduce((sum, { items }) => sum + items, 0);

/**
 * Standard error of the difference of two shares of `items` each, as if drawn apart. Two accuracies on the same items vary
 * together and differ by less, so that it errs on the side of silence.
 */
export function standardError(share: number, other: number, items: number): number {
  return Math.sqrt((share * (1 - share) + other * (1 - other)) / Math.max(1, items));
}

/** A share as `5 %`. */
export const percent = (share: number): string => `${Math.round(share * 100)} %`;
/** An accuracy as `71.5 %`. */
export const accurately = (share: number): string => `${(100 * share).toFixed(1)} %`;
/** The distance of two accuracies as `3.2 points`. */
export const points = (difference: number): string => `${(100 * difference).toFixed(1)} points`;
