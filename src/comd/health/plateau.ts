/** Two more iterations have brought the student no further than chance could. */
import { accurately, isJudged, itemsOf, points, standardError } from './chance';
import { fallOf } from './degradation';
import type { Watch } from './sign';

/** One iteration without a gain may be bad luck; two cost as much as half a run of the method's four. */
const back = 2;
/** Where so much is right there is hardly anything left to gain. */
const almostAll = 0.97;

export const plateau: Watch = {
  sign: 'plateau',
  watches: 'whether the student still gains',
  look(reports) {
    const judged = reports.filter(isJudged);
    const [newest, then] = [judged.at(-1), judged.at(-1 - back)];
    if (!newest || !then || newest.accuracy >= almostAll || fallOf(reports) !== null) return null;
    const least = standardError(then.accuracy, newest.accuracy, itemsOf(newest));
    if (newest.accuracy - then.accuracy > least) return null;
    return {
      seen: `The student went from ${accurately(then.accuracy)} in iteration ${then.iteration} to ${accurately(newest.accuracy)}; a gain below ${points(least)} in two iterations is no more than chance.`,
      try: 'Compare it with its teacher: one that is no better has nothing more to teach. Else stop here, add more records ("growth2", "growth3"), or give the student more room (a larger one, or "tuneEpochs").',
    };
  },
};
