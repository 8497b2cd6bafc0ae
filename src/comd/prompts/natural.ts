/**
 * Prompts for models of natural language such as LLaVA and SmolVLM. What they ask for is the method's (arXiv 2305.12870,
 * appendix; 2311.08213): a careful checker that justifies itself before it scores, and a writer of brand-new instructions.
 */
import type { Templates } from './family';

const marking = `Rate how helpful, relevant, accurate and detailed each answer is, as one mark from 1 (worst) to 10 (best). The order of the answers must not matter. First justify your marks in one or two sentences. Then end with exactly two lines:
Score A: <mark>
Score B: <mark>`;

const rules = `It must be reasonable, easy to understand, and answerable from the image alone. Keep it about as long as the given one. Write the new question and nothing else.`;

export const naturalTemplates: Templates = {
  answer: '{instruction}',
  assess: `You check the quality of answers. Look at the image and compare two answers to a question about it.

[Question]
{instruction}

[Answer A]
{a}

[Answer B]
{b}

${marking}`,
  assessWithReference: `You check the quality of answers. Look at the image and compare two answers to a question about it. A known answer is given.

[Question]
{instruction}

[Known answer]
{reference}

[Answer A]
{a}

[Answer B]
{b}

${marking}`,
  augment: `Here is a question about an image:
{seed}

Look at the image and write a brand-new question about it, of the same subject and of the same type of task as the given one, and of similar difficulty. ${rules}`,
  augmentEasy: `Here is a question about an image:
{seed}

Look at the image and write a brand-new question about it, of the same subject but of a rarer kind than the given one. ${rules}`,
  propose: `Look at the image and write one question about it. ${rules.replace(' Keep it about as long as the given one.', '')}`,
};

const longestQuote = 4000;

/** An answer as it was said, cut where it would crowd out the prompt. */
export function cut(answer: string): string {
  const text = answer.trim();
  return text === '' ? '(no answer)' : text.slice(0, longestQuote);
}
