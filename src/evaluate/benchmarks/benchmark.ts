/**
 * What a benchmark is: items that ask a model for an answer, for the losses of choices, or for an answer that an assessor
 * reviews beside a reference. Types, and what a benchmark says to the pools; who asks is `run.ts`.
 */

/** What every item has. */
export interface Item {
  id: string;
  /** Path of its image in the benchmark's folder; null where it shows none. */
  image: string | null;
  /** The question as the benchmark states it, without what is said around it. */
  question: string;
  /** The user's turn, without image placeholders. */
  prompt: string;
  /** The categories it counts in; often one, and several in ScienceQA. */
  categories: readonly string[];
}

/** Scored by the choice that the model writes, or by the one that costs it the least. */
export interface ChoiceItem extends Item {
  choices: readonly string[];
  /** Index of the right choice. */
  answer: number;
}

/** Scored by the marks of an assessor. */
export interface ReviewItem extends Item {
  /** What the image shows, for an assessor that sees no images. */
  context: string;
  /** The answer that the model's is held against. */
  reference: string;
}

/** An item that was not asked, or gave nothing to score. */
export interface Refusal {
  id: string;
  reason: string;
}

interface Common<I extends Item> {
  name: string;
  items: readonly I[];
  /** In the order of the table. */
  categories: readonly string[];
  /** What its files hold and cannot be asked, each with the reason. */
  refused: readonly Refusal[];
  /** What is left out by rule and not by fault, and how many of each. */
  leftOut: Readonly<Record<string, number>>;
}

export interface AnswerBenchmark extends Common<ChoiceItem> {
  asks: 'answer';
  /** Index of the choice that an answer names; null where it names none. */
  read(answer: string, choices: number): number | null;
}

/**
 * How losses of choices of different length are compared: `tokens` takes the mean over a choice's tokens, `none` their sum,
 * which is the likelihood of the choice and favours short ones.
 */
export const normalisations = ['tokens', 'none'] as const;
export type Normalisation = (typeof normalisations)[number];

export interface ChoiceBenchmark extends Common<ChoiceItem> {
  asks: 'losses';
  normalisation: Normalisation;
}

/** The marks of a review, each 1..10. */
export type ScorePair = readonly [reference: number, candidate: number];

export interface ReviewBenchmark extends Common<ReviewItem> {
  asks: 'review';
  /** What an assessor is told, who sees no image: the item, its reference answer and then the model's. */
  compare(item: ReviewItem, answer: string): string;
  /** The marks that a review gives; null where it holds no two. */
  readReview(review: string): ScorePair | null;
}

export type Benchmark = AnswerBenchmark | ChoiceBenchmark | ReviewBenchmark;

/** The first `count` items that can be asked, as a benchmark of its own, which the name says. */
export function firstOf<B extends Benchmark>(benchmark: B, count: number): B {
  const items = benchmark.items.slice(0, count);
  return { ...benchmark, name: `${benchmark.name}, the first ${items.length}`, items, refused: [], leftOut: {} };
}

/**
 * What pools must refuse, for `TestItems` of `src/pools/test-items.ts`: each item both as the benchmark states its question
 * and as it is put to the model, since records are met in either form. A text alone has an empty image name.
 */
export function askedOf({ items }: Benchmark): { image: string; instruction: string }[] {
  return items.flatMap(({ image, question, prompt }) => (
    [...new Set([question, prompt])].map((instruction) => ({ image: image ?? '', instruction }))
  ));
}
