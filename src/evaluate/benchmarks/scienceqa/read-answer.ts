/**
 * The choice that an answer names, by the rules of LLaVA's `eval_science_qa.py`, to the letter: what they do not read counts
 * as wrong, however clear it may be to a person.
 */
import { letters } from './problem';

const saying = /The answer is ([A-Z])./g;

/**
 * Index of the choice; null where the answer names none, several, or one that the problem does not have. Read are a lone
 * capital letter, an answer that begins with a letter, a dot and a space, and exactly one "The answer is X." (after which
 * the original takes any one character but the end of the line for the dot).
 */
export function readAnswer(answer: string, choices: number): number | null {
  const letter = letterOf(answer.trim());
  const index = letters.findIndex((known) => known === letter);
  return index >= 0 && index < choices ? index : null;
}

function letterOf(answer: string): string | undefined {
  if (isLetter(answer)) return answer;
  const first = answer.slice(0, 1);
  if (isLetter(first) && answer.slice(1, 3) === '. ') return first;
  const said = [...answer.matchAll(saying)].map(([, letter]) => letter);
  return said.length === 1 ? said[0] : undefined;
}

function isLetter(text: string): boolean {
  return letters.some((letter) => letter === text);
}
