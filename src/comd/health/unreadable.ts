/** Many assessments hold no marks that can be read. */
import { fewest, percent } from './chance';
import type { Watch } from './sign';

/** What is left out is not left out by chance; a fifth of the sample can turn what the rest says. */
const oneInFive = 0.2;

export const unreadable: Watch = {
  sign: 'unreadable',
  watches: 'whether the marks can be read',
  look(reports) {
    const { assessed, unparsable } = reports.at(-1) ?? { assessed: 0, unparsable: 0 };
    if (assessed < fewest || unparsable <= oneInFive * assessed) return null;
    return {
      seen: `${unparsable} of ${assessed} assessments (${percent(unparsable / assessed)}) held no two marks, after all retries.`,
      try: 'Raise "maxNewTokens" so that the marks are not cut off, raise "assessRetries", or write an "assessPrompt" that ends with one score line for each answer.',
    };
  },
};
