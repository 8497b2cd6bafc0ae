/**
 * What is said to a model in each role. A family of prompts belongs to a family of models; the chat template and the
 * image placeholder are put around them by the model's worker.
 */

/** Which kind of seed an instruction is augmented from. */
export type SeedKind = 'difficult' | 'easy';

export interface PromptFamily {
  answer(instruction: string): string;
  /** Asks for a justification and then one score line for each of the two answers. */
  assess(instruction: string, answerA: string, answerB: string): string;
  /** Asks for one new instruction about the image of the seed. */
  augment(seed: string, kind: SeedKind): string;
}

/** The strings that the bundled teacher was trained on, to the letter. */
export const emojiPrompts: PromptFamily = {
  answer: (instruction) => instruction,
  assess: (instruction, a, b) => `assess: ${instruction}\nanswer A: ${quoted(a)}\nanswer B: ${quoted(b)}`,
  augment: (seed, kind) => (kind === 'difficult' ? `new question like: ${seed}` : `new rare question unlike: ${seed}`),
};

const longestQuote = 40;

/** An answer on one line of at most 40 words, so that it can neither break the prompt's lines nor crowd it out. */
export function quoted(answer: string): string {
  const line = answer.split(/\s+/).filter((word) => word !== '').slice(0, longestQuote).join(' ');
  return line === '' ? '(no answer)' : line;
}
