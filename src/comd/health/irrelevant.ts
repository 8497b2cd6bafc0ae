/** New instructions ask what the image cannot answer. Only a data set that knows the truth can tell. */
import { fewest, percent } from './chance';
import type { Watch } from './sign';

/** The teacher answers them all the same, and the student learns what it says: a quarter of such records is more than a student shrugs off. */
const aQuarter = 0.25;

export const irrelevant: Watch = {
  sign: 'irrelevant',
  watches: 'whether new instructions can be answered from their images',
  look(reports) {
    const seen = reports.at(-1)?.observed?.written;
    if (!seen || seen.judged < fewest || seen.irrelevant <= aQuarter * seen.judged) return null;
    return {
      seen: `${seen.irrelevant} of ${seen.judged} new instructions (${percent(seen.irrelevant / seen.judged)}) are none that the data set knows an answer to for their image.`,
      try: 'Lower "augmentTemperature", name a better augmentor ("augmentor"), or mend the prompt ("augmentPrompt").',
    };
  },
};
