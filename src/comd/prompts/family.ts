/**
 * What is said to a model in each role: templates, and how they are filled in. The chat template and the image
 * placeholder are put around them by the model's worker. Which template belongs to which model is `choose.ts`.
 */

/** Which kind of seed an instruction is augmented from. */
export type SeedKind = 'difficult' | 'easy';

/** Texts with placeholders in braces. */
export interface Templates {
  /** `{instruction}` */
  answer: string;
  /** `{instruction}`, `{a}`, `{b}`: asks for a justification and then one score line for each of the two answers. */
  assess: string;
  /** The same with `{reference}`, the known answer. */
  assessWithReference: string;
  /** `{seed}`: asks for one new instruction about the image. */
  augment: string;
  /** The same around an easy seed. */
  augmentEasy: string;
  /** Asks for a first instruction about an image that has none. */
  propose: string;
}

export interface PromptFamily {
  answer(instruction: string): string;
  /** `reference` is the known answer, or null. */
  assess(instruction: string, answerA: string, answerB: string, reference: string | null): string;
  augment(seed: string, kind: SeedKind): string;
  propose(): string;
}

/** Prompts by `templates`; `quote` puts an answer of a model on its place in an assessment. */
export function familyOf(templates: Templates, quote: (answer: string) => string): PromptFamily {
  return {
    answer: (instruction) => fill(templates.answer, { instruction }),
    assess: (instruction, a, b, reference) => (reference === null
      ? fill(templates.assess, { instruction, a: quote(a), b: quote(b) })
      : fill(templates.assessWithReference, { instruction, a: quote(a), b: quote(b), reference: quote(reference) })),
    augment: (seed, kind) => fill(kind === 'difficult' ? templates.augment : templates.augmentEasy, { seed }),
    propose: () => templates.propose,
  };
}

/** Puts values into their places at once, so that what a value says is never taken for a placeholder. */
function fill(template: string, values: Record<string, string>): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}
