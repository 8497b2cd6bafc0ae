/** The assessor's marks do not tell a right answer from a wrong one. */
import { fewest, percent } from './chance';
import type { Watch } from './sign';

/** Marks that are drawn by lot prefer the right answer half the time, or less where they tie; below this they hardly do better. */
const hardlyBetter = 0.6;

export const marks: Watch = {
  sign: 'marks',
  watches: 'whether the marks prefer right answers',
  look(reports) {
    const seen = reports.at(-1)?.observed?.marks;
    if (!seen || seen.compared < fewest || seen.preferred >= hardlyBetter * seen.compared) return null;
    return {
      seen: `Where one of two answers is right and the other wrong, the right one got the higher mark in ${seen.preferred} of ${seen.compared} comparisons (${percent(seen.preferred / seen.compared)}).`,
      try: 'Name a better assessor ("assessor"), show it the known answers ("reference"), or go by them alone ("difficulty" verifiable).',
    };
  },
};
