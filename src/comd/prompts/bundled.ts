/** The strings that the bundled teacher was trained on, to the letter. */
import { familyOf, type Templates } from './family';

export const bundledTemplates: Templates = {
  answer: '{instruction}',
  assess: 'assess: {instruction}\nanswer A: {a}\nanswer B: {b}',
  assessWithReference: 'assess: {instruction}\nreference: {reference}\nanswer A: {a}\nanswer B: {b}',
  augment: 'new question like: {seed}',
  augmentEasy: 'new rare question unlike: {seed}',
  propose: 'new question about this',
};

const longestQuote = 40;

/** An answer on one line of at most 40 words, so that it can neither break the prompt's lines nor crowd it out. */
export function quoted(answer: string): string {
  const line = answer.split(/\s+/).filter((word) => word !== '').slice(0, longestQuote).join(' ');
  return line === '' ? '(no answer)' : line;
}

export const bundledPrompts = familyOf(bundledTemplates, quoted);
