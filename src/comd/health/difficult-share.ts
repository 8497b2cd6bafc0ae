/** Too few or too many of the assessed records are difficult for tau to choose among them. */
import { fewest, percent } from './chance';
import type { Watch } from './sign';

/** The paper's pools grow by 38, 30 and 28 %, which its difficult shares are read from; far outside them tau chooses hardly anything. */
const least = 0.05;
const most = 0.6;

export const difficultShare: Watch = {
  sign: 'difficult share',
  watches: 'whether between 5 and 60 % of the assessed records are difficult',
  look(reports) {
    const { difficult, easy } = reports.at(-1) ?? { difficult: 0, easy: 0 };
    const judged = difficult + easy;
    if (judged < fewest) return null;
    const share = difficult / judged;
    const seen = `${difficult} of ${judged} assessed records are difficult (${percent(share)}).`;
    if (share < least) return { seen, try: 'Lower "tau" to find more of them. Where the student answers as well as its teacher, a better teacher is needed.' };
    if (share > most) return { seen, try: 'Raise "tau" to be choosier, or tune the student for longer before it is compared ("tuneEpochs", "pool").' };
    return null;
  },
};
