/**
 * A problem as LLaVA 1.5 is asked it: context, question and lettered options (ScienceQA's format CQM), and the wish for a
 * letter alone. The image goes first; the chat template sees to that.
 */
import { letters, type Problem } from './problem';

/** LLaVA's evaluation ends every prompt so, and models were tuned to it. */
const wish = 'Answer with the option\'s letter from the given choices directly.';

export function promptOf({ question, hint, choices }: Pick<Problem, 'question' | 'hint' | 'choices'>): string {
  const context = hint.trim() === '' ? 'N/A' : hint.trim();
  const options = choices.map((choice, i) => `(${letters[i]}) ${choice}`).join(' ');
  // The original takes double spaces out of the problem, and not out of what follows.
  return `${`Context: ${context}\nQuestion: ${question}\nOptions: ${options}`.replaceAll('  ', ' ').trim()}\n${wish}`;
}
