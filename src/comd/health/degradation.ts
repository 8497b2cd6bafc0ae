/** The student answers fewer test items than it once did, by more than chance. */
import type { IterationReport } from '../report';
import { accurately, isJudged, itemsOf, type JudgedReport, points, standardError } from './chance';
import type { Watch } from './sign';

/** Two standard errors: chance alone falls below the best so far by as much about once in forty times. */
const beyondChance = 2;

export const degradation: Watch = {
  sign: 'degradation',
  watches: 'whether the student loses what it had learned',
  look(reports) {
    const fall = fallOf(reports);
    return fall && {
      seen: `The student answers ${accurately(fall.now)} of the test items, after ${accurately(fall.best.accuracy)} in iteration ${fall.best.iteration}; chance explains ${points(fall.chance)}.`,
      try: 'Lower "tuneRate", keep older records ("poolMode" accumulate), or look at the newest records in pools/: what they teach may be wrong.',
    };
  },
};

/** How far the newest accuracy fell from the best one before it; null where it did not, by no more than chance, or where nothing was judged. */
export function fallOf(reports: readonly IterationReport[]): { now: number; best: JudgedReport; chance: number } | null {
  const judged = reports.filter(isJudged);
  const [newest, before] = [judged.at(-1), judged.slice(0, -1)];
  if (!newest || before.length === 0) return null;
  const best = before.reduce((a, b) => (b.accuracy > a.accuracy ? b : a));
  const chance = beyondChance * standardError(best.accuracy, newest.accuracy, itemsOf(newest));
  return best.accuracy - newest.accuracy > chance ? { now: newest.accuracy, best, chance } : null;
}
