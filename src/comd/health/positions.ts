/** Which answer gets the higher mark depends on which one is shown first. */
import { fewest, percent } from './chance';
import type { Watch } from './sign';

/** Marks drawn by lot change their winner half the time. At one in five, two in five of the winners are as good as drawn. */
const oneInFive = 0.2;

export const positions: Watch = {
  sign: 'positions',
  watches: 'whether the marks stay when answers change places',
  look(reports) {
    const seen = reports.at(-1)?.observed?.positions;
    if (!seen || seen.compared < fewest || seen.flipped <= oneInFive * seen.compared) return null;
    return {
      seen: `The winner changed with the order in ${seen.flipped} of ${seen.compared} comparisons of unlike answers (${percent(seen.flipped / seen.compared)}); the lead shifts by ${seen.shift.toFixed(1)} marks on average.`,
      try: 'Lower "assessTemperature", name a better assessor ("assessor"), or count only what it says in both positions ("difficulty" vote with "tau" 1).',
    };
  },
};
