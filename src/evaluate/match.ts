/**
 * When an answer counts as right: the same words as the true one, after case, articles, punctuation at the end and the
 * way numbers are written have been evened out. Deliberately strict: an answer within a sentence is wrong.
 */

const numberWords = [
  'zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve', 'thirteen',
  'fourteen', 'fifteen', 'sixteen', 'seventeen', 'eighteen', 'nineteen', 'twenty',
];
const digitsOf = new Map(numberWords.map((word, value) => [word, String(value)]));
const articles = new Set(['a', 'an', 'the']);

/** An answer in the form in which answers are compared. */
export function normalised(answer: string): string {
  const bare = answer.toLowerCase().trim().replace(/[.!?\s]+$/, '');
  return bare.split(/\s+/)
    .filter((word) => !articles.has(word))
    .map((word) => digitsOf.get(word) ?? word)
    .join(' ');
}

/** Whether `answer` says what `truth` says. */
export function matches(answer: string, truth: string): boolean {
  return normalised(answer) === normalised(truth);
}
