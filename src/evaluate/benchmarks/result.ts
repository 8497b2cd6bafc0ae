/** What a benchmark came to, as plain data that a file can hold. */
import type { Benchmark, Refusal, ScorePair } from './benchmark';

/** A score in percent; null where nothing was scored. */
export interface CategoryScore {
  score: number | null;
  /** How many items it is taken over. */
  items: number;
}

/** What one item came to. */
export interface Outcome {
  id: string;
  /** What the model said, or the choice it took. */
  said: string;
  /** 1 for right and 0 for wrong; for a review the marks of reference and candidate; null where the answer or the review could not be read. */
  marks: 0 | 1 | ScorePair | null;
}

export interface BenchmarkResult {
  benchmark: string;
  /** What `score` means: a share of right answers, or 100 × mean mark of the candidate / mean mark of the reference. */
  measure: 'accuracy' | 'relative score';
  overall: number | null;
  /** In the order of the table. */
  byCategory: Record<string, CategoryScore>;
  /** What was not asked, or failed, and is in no score. */
  refused: Refusal[];
  counts: {
    /** Items of the benchmark that were to be asked, refused ones included. */
    items: number;
    /** Items that the overall score is taken over. */
    scored: number;
    refused: number;
    /** Answers that name no choice, which count as wrong; reviews without two marks, which count in no score. */
    unparsed: number;
    /** Left out by rule, by what they are. */
    leftOut: Readonly<Record<string, number>>;
  };
  outcomes: Outcome[];
}

type Scored = Pick<Benchmark, 'name' | 'asks' | 'categories' | 'leftOut'> & { items: readonly { id: string; categories: readonly string[] }[] };

/** Puts outcomes together. An item without one was refused. */
export function resultOf(benchmark: Scored, outcomes: readonly Outcome[], refused: readonly Refusal[]): BenchmarkResult {
  const measure = benchmark.asks === 'review' ? 'relative score' : 'accuracy';
  const categoriesOf = new Map(benchmark.items.map(({ id, categories }) => [id, categories]));
  const within = (category: string): readonly Outcome[] => outcomes.filter(({ id }) => categoriesOf.get(id)?.includes(category));
  const all = scoreOf(outcomes, measure);
  return {
    benchmark: benchmark.name, measure, overall: all.score,
    byCategory: Object.fromEntries(benchmark.categories.map((category) => [category, scoreOf(within(category), measure)])),
    refused: [...refused],
    counts: {
      items: outcomes.length + refused.length, scored: all.items, refused: refused.length,
      unparsed: outcomes.filter(({ marks }) => marks === null).length, leftOut: benchmark.leftOut,
    },
    outcomes: [...outcomes],
  };
}

function scoreOf(outcomes: readonly Outcome[], measure: BenchmarkResult['measure']): CategoryScore {
  return measure === 'accuracy' ? accuracy(outcomes) : relativeScore(outcomes.flatMap(({ marks }) => (isPair(marks) ? [marks] : [])));
}

function accuracy(outcomes: readonly Outcome[]): CategoryScore {
  const right = outcomes.filter(({ marks }) => marks === 1).length;
  return { score: outcomes.length === 0 ? null : 100 * right / outcomes.length, items: outcomes.length };
}

/** 100 × mean(candidate) / mean(reference): a ratio of means, not a mean of ratios. */
export function relativeScore(pairs: readonly ScorePair[]): CategoryScore {
  const sum = (side: 0 | 1): number => pairs.reduce((total, pair) => total + pair[side], 0);
  return { score: pairs.length === 0 ? null : 100 * sum(1) / sum(0), items: pairs.length };
}

function isPair(marks: Outcome['marks']): marks is ScorePair {
  return Array.isArray(marks);
}
