/** The student gives one answer to everything. */
import { fewest, percent } from './chance';
import type { Watch } from './sign';

/** An answer may be a favourite; one that is given to a quarter of all items more than it is true of crowds out the others. */
const crowdsOut = 0.25;

export const collapse: Watch = {
  sign: 'collapse',
  watches: 'whether one answer crowds out the others',
  look(reports) {
    const answers = reports.at(-1)?.observed?.answers;
    if (!answers || answers.items < fewest || answers.given - answers.trueOf <= crowdsOut) return null;
    return {
      seen: `The student says "${answers.commonest}" to ${percent(answers.given)} of the test items; it is the answer to ${percent(answers.trueOf)}.`,
      try: 'Look at the answers in the tuning pool: one of them may prevail there. Else lower "tuneRate", or tune for longer ("tuneEpochs"): a student that has learned little says what is said most often.',
    };
  },
};
