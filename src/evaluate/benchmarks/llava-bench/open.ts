/** LLaVA-Bench's folder as a benchmark: questions, contexts, reference answers and images, in the wild or over COCO. */
import type * as v from 'valibot';
import type { Refusal, ReviewBenchmark, ReviewItem } from '../benchmark';
import { type BenchmarkFiles, firstThere, neededFile, readLines, sorted } from '../files';
import { readReview, reviewPrompt } from './review';
import { AnswerRow, ContextRow, contextText, QuestionRow } from './rows';

const name = 'LLaVA-Bench';
/** Each under the name that it has in the wild, and over COCO. */
const questionFiles = ['questions.jsonl', 'qa90_questions.jsonl'];
const contextFiles = ['context.jsonl', 'caps_boxes_coco2014_val_80.jsonl'];
const referenceFiles = ['answers_gpt4.jsonl', 'qa90_gpt4_answer.jsonl'];

/** Of the published tables, in their order; others come after them. */
const published = ['conv', 'detail', 'complex'];

/**
 * The questions in their order. One that is malformed, or has no context, reference answer or image file, is refused.
 * Throws `data/malformed-record` where a file is missing.
 */
export async function openLlavaBench(files: BenchmarkFiles): Promise<ReviewBenchmark> {
  const questions = await rows(files, questionFiles, QuestionRow);
  const contexts = await rows(files, contextFiles, ContextRow);
  const references = await rows(files, referenceFiles, AnswerRow);
  const known: Known = {
    contexts: new Map(contexts.values.map((row) => [row.image, contextText(row)])),
    references: new Map(references.values.map(({ question_id: id, text }) => [id, text])),
    unread: [...contexts.refused, ...references.refused].map(({ id, reason }) => ` (${id} cannot be read: ${reason})`).join(''),
  };
  const [items, refused]: [Map<string, ReviewItem>, Refusal[]] = [new Map(), [...questions.refused]];
  for (const row of questions.values) {
    const item = items.has(row.question_id) ? { id: row.question_id, reason: 'question_id: a question above has it' } : await itemOf(files, row, known);
    if ('reason' in item) refused.push(item);
    else items.set(item.id, item);
  }
  const asked = [...items.values()];
  return { name, asks: 'review', items: asked, categories: categoriesOf(asked), refused, leftOut: {}, compare: reviewPrompt, readReview };
}

/** The rows of the first of several files that is there. */
async function rows<S extends v.GenericSchema>(files: BenchmarkFiles, paths: readonly string[], schema: S) {
  const path = await neededFile(files, paths, name);
  return sorted(path, await readLines(files, path, schema));
}

interface Known {
  /** By image. */
  contexts: ReadonlyMap<string, string>;
  /** By question. */
  references: ReadonlyMap<string, string>;
  /** What is said of lines that could not be read, one of which may be what is missed. */
  unread: string;
}

async function itemOf(
  files: BenchmarkFiles, { question_id: id, image: file, text: question, category }: v.InferOutput<typeof QuestionRow>, { contexts, references, unread }: Known,
): Promise<ReviewItem | Refusal> {
  const [context, reference] = [contexts.get(file), references.get(id)];
  if (context === undefined) return { id, reason: `image: no context describes "${file}"${unread}` };
  if (reference === undefined) return { id, reason: `question_id: there is no reference answer for it${unread}` };
  const image = await firstThere(files, [`images/${file}`, `val2014/COCO_val2014_${file}`, file]);
  if (image === undefined) return { id, reason: `image: there is no file "images/${file}"` };
  return { id, image, question, prompt: question, context, reference, categories: [category] };
}

function categoriesOf(items: readonly ReviewItem[]): string[] {
  const there = new Set(items.flatMap(({ categories }) => categories));
  return [...published.filter((category) => there.has(category)), ...[...there].filter((category) => !published.includes(category))];
}
