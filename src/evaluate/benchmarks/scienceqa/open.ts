/** ScienceQA's folder as a benchmark: `problems.json`, `pid_splits.json` and the images of a split. */
import * as v from 'valibot';
import { ComdError } from '../../../errors';
import type { AnswerBenchmark, ChoiceItem, Refusal } from '../benchmark';
import { type BenchmarkFiles, checked, firstThere, readJson } from '../files';
import { categories, categoriesOf, Problem } from './problem';
import { promptOf } from './prompt';
import { readAnswer } from './read-answer';

const Problems = v.record(v.string(), v.unknown());
const Splits = v.record(v.string(), v.array(v.string()));

/** The split that the published numbers are of. */
export const testSplit = 'test';

/**
 * The problems of a split, in its order. A problem that is malformed, missing or without its image file is refused by id.
 * Throws `data/malformed-record` where one of the two files cannot be read, `settings/invalid` for a split that there is not.
 */
export async function openScienceQa(files: BenchmarkFiles, split: string = testSplit): Promise<AnswerBenchmark> {
  const [problems, splits] = [await readJson(files, 'problems.json', Problems), await readJson(files, 'pid_splits.json', Splits)];
  const ids = new Map(Object.entries(splits)).get(split);
  if (ids === undefined) throw new ComdError('settings/invalid', `"pid_splits.json" has no split "${split}".`, `Give one of ${Object.keys(splits).join(', ')}.`);
  const [items, refused]: [ChoiceItem[], Refusal[]] = [[], []];
  for (const id of new Set(ids)) {
    const item = await itemOf(files, id, problems[id]);
    if ('reason' in item) refused.push(item);
    else items.push(item);
  }
  return { name: `ScienceQA ${split}`, asks: 'answer', items, categories, refused, leftOut: {}, read: readAnswer };
}

async function itemOf(files: BenchmarkFiles, id: string, row: unknown): Promise<ChoiceItem | Refusal> {
  if (row === undefined) return { id, reason: 'problems.json has no problem of this id' };
  const problem = checked(Problem, row);
  if ('fault' in problem) return { id, reason: problem.fault };
  const { question, choices, answer } = problem.value;
  const image = await imageOf(files, id, problem.value);
  if (image === undefined) return { id, reason: `image: there is no file "images/${problem.value.split}/${id}/${problem.value.image}"` };
  return { id, image, question, prompt: promptOf(problem.value), choices, answer, categories: categoriesOf(problem.value) };
}

/** The original unpacks images by split; others put the folders of all problems side by side. */
async function imageOf(files: BenchmarkFiles, id: string, { image, split }: Problem): Promise<string | null | undefined> {
  return image === null ? null : firstThere(files, [`images/${split}/${id}/${image}`, `${split}/${id}/${image}`, `images/${id}/${image}`]);
}
