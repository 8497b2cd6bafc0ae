/**
 * The failure signs of the method, watched iteration by iteration (the paper, arXiv 2311.08213, names most of them). Each is a
 * function of the reports so far, in a file of its own; this is only their list.
 */
import { collapse } from './health/collapse';
import { degradation } from './health/degradation';
import { difficultShare } from './health/difficult-share';
import { divergence } from './health/divergence';
import { irrelevant } from './health/irrelevant';
import { marks } from './health/marks';
import { plateau } from './health/plateau';
import { positions } from './health/positions';
import { repeating } from './health/repeating';
import type { HealthSign, Watch } from './health/sign';
import { unreadable } from './health/unreadable';
import type { IterationReport } from './report';

/** All that is watched: the student first, then the assessor, then the augmentor. */
export const watched: readonly Watch[] = [
  plateau, degradation, divergence, collapse, difficultShare, marks, positions, unreadable, irrelevant, repeating,
];

/** The signs of the newest of `reports`, which are those of a run so far. */
export function healthOf(reports: readonly IterationReport[]): HealthSign[] {
  const iteration = reports.at(-1)?.iteration ?? 0;
  return watched.flatMap(({ sign, look }) => {
    const found = look(reports);
    return found ? [{ sign, iteration, ...found }] : [];
  });
}

/** The signs of every iteration in turn, each as it was seen when the iteration was over. */
export function healthOfAll(reports: readonly IterationReport[]): HealthSign[] {
  return reports.flatMap((_, last) => healthOf(reports.slice(0, last + 1)));
}
