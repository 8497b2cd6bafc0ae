/** The augmentor writes what is known already. */
import type { DropReason } from '../filters';
import { fewest, percent } from './chance';
import type { Watch } from './sign';

const repeats: readonly DropReason[] = ['duplicate', 'too similar'];
/** Then every new record costs more than two tries, and what still comes through is likely close to what is known. */
const half = 0.5;

export const repeating: Watch = {
  sign: 'repeating',
  watches: 'whether new instructions are new',
  look(reports) {
    const newest = reports.at(-1);
    if (!newest || newest.generated < fewest) return null;
    const { generated, dropped } = newest;
    const repeated = repeats.reduce((sum, reason) => sum + (dropped[reason] ?? 0), 0);
    if (repeated <= half * generated) return null;
    return {
      seen: `${repeated} of ${generated} new instructions (${percent(repeated / generated)}) were dropped as repeats of known ones, or too like them.`,
      try: 'Raise "augmentTemperature", write about other images too ("freshImages"), assess more records ("assessSample") so that there are more seeds, or raise "rougeLimit" where questions are short.',
    };
  },
};
