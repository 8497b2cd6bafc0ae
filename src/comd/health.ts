/**
 * What a user should be told about an iteration before they trust it. It only warns: tau is never changed silently.
 */
import type { IterationReport } from './report';

/** Warnings about `report`, given the iteration before it; `items` is how many test items its accuracy is over. */
export function warnings(report: IterationReport, before: IterationReport | undefined, items: number): string[] {
  const told: string[] = [];
  const judged = report.difficult + report.easy;
  const share = judged > 0 ? report.difficult / judged : null;
  if (share !== null && share < 0.05) {
    told.push(`Iteration ${report.iteration}: only ${percent(share)} of the assessed records are difficult; a lower tau would find more.`);
  }
  if (share !== null && share > 0.6) {
    told.push(`Iteration ${report.iteration}: ${percent(share)} of the assessed records are difficult; a higher tau would be choosier.`);
  }
  if (report.unparsable > 0.2 * report.assessed) {
    told.push(`Iteration ${report.iteration}: ${report.unparsable} of ${report.assessed} assessments could not be read.`);
  }
  if (before && report.accuracy < before.accuracy - 2 * standardError(before.accuracy, items)) {
    told.push(`Iteration ${report.iteration}: the student answers fewer test items than after the iteration before, by more than chance.`);
  }
  return told;
}

const percent = (share: number): string => `${Math.round(share * 100)} %`;
const standardError = (accuracy: number, items: number): number => Math.sqrt((accuracy * (1 - accuracy)) / Math.max(1, items));
