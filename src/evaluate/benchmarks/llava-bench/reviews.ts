/** Scores a file of reviews that an assessor wrote before: the same ratio of means, and no model is asked. */
import type { ScorePair } from '../benchmark';
import { type BenchmarkFiles, readLines, sorted } from '../files';
import { type BenchmarkResult, resultOf } from '../result';
import { readReview } from './review';
import { ReviewRow } from './rows';

/** What the original puts before a category of the set in the wild. */
const prefix = /^llava_bench_/;

/** The relative score of the reviews in a JSONL file. Throws `data/malformed-record` where it cannot be read. */
export async function scoreReviews(files: BenchmarkFiles, path: string): Promise<BenchmarkResult> {
  const { values, refused } = sorted(path, await readLines(files, path, ReviewRow));
  const items = values.map(({ question_id: id, category }) => ({ id, categories: [category.replace(prefix, '')] }));
  const outcomes = values.map(({ question_id: id, content = '', tuple }) => ({ id, said: content, marks: tuple === undefined ? readReview(content) : pairOf(tuple) }));
  const categories = [...new Set(items.flatMap((item) => item.categories))].sort();
  return resultOf({ name: 'LLaVA-Bench', asks: 'review', items, categories, leftOut: {} }, outcomes, refused);
}

function pairOf(tuple: readonly [number, number]): ScorePair | null {
  return tuple.every((mark) => mark >= 1 && mark <= 10) ? tuple : null;
}
