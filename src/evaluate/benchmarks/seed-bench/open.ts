/** SEED-Bench-1's folder as a benchmark: `SEED-Bench.json` and the images of its first nine kinds of question. */
import * as v from 'valibot';
import type { ChoiceBenchmark, ChoiceItem, Normalisation, Refusal } from '../benchmark';
import { type BenchmarkFiles, checked, firstThere, Id, readJson, Text } from '../files';

const Document = v.object({ questions: v.array(v.unknown()), question_type: v.record(v.string(), v.pipe(v.number(), v.integer())) });

const Row = v.object({
  question_id: Id,
  question: Text,
  choice_a: Text,
  choice_b: Text,
  choice_c: Text,
  choice_d: Text,
  answer: v.picklist(['A', 'B', 'C', 'D']),
  /** File of the image, or of a video. */
  data_id: Text,
  data_type: v.picklist(['image', 'video']),
  question_type_id: v.pipe(v.number(), v.integer()),
});
type Row = v.InferOutput<typeof Row>;

const aboutVideos = 'questions about videos';

/**
 * The questions about images, in their order. Questions about videos are left out and counted; one that is malformed, or
 * whose image is missing, is refused by its id or its row. Throws `data/malformed-record` where the file cannot be read.
 */
export async function openSeedBench(files: BenchmarkFiles, normalisation: Normalisation = 'tokens'): Promise<ChoiceBenchmark> {
  const { questions, question_type: types } = await readJson(files, 'SEED-Bench.json', Document);
  const names = new Map(Object.entries(types).map(([name, id]) => [id, name]));
  const [items, refused]: [Map<string, ChoiceItem>, Refusal[]] = [new Map(), []];
  let videos = 0;
  for (const [index, question] of questions.entries()) {
    const row = checked(Row, question);
    if ('fault' in row) refused.push({ id: nameOf(question, index), reason: row.fault });
    else if (row.value.data_type === 'video') videos++;
    else {
      const item = items.has(row.value.question_id) ? { id: row.value.question_id, reason: 'question_id: a question above has it' } : await itemOf(files, row.value, names);
      if ('reason' in item) refused.push(item);
      else items.set(item.id, item);
    }
  }
  const asked = [...items.values()];
  return {
    name: 'SEED-Bench-1', asks: 'losses', normalisation, items: asked, refused, leftOut: videos > 0 ? { [aboutVideos]: videos } : {},
    categories: [...names.values()].filter((name) => asked.some(({ categories }) => categories[0] === name)),
  };
}

async function itemOf(files: BenchmarkFiles, row: Row, names: ReadonlyMap<number, string>): Promise<ChoiceItem | Refusal> {
  const { question_id: id, question, data_id: file, question_type_id: type } = row;
  const name = names.get(type);
  if (name === undefined) return { id, reason: `question_type_id: "question_type" has no ${type}` };
  const image = await firstThere(files, [`SEED-Bench-image/${file}`, `images/${file}`, file]);
  if (image === undefined) return { id, reason: `data_id: there is no file "SEED-Bench-image/${file}"` };
  const choices = [row.choice_a, row.choice_b, row.choice_c, row.choice_d];
  // The choices themselves are scored, so that the question stands alone, as in the original's interface to LLaVA.
  return { id, image, question, prompt: question, choices, answer: 'ABCD'.indexOf(row.answer), categories: [name] };
}

/** A question that is malformed may still have an id. */
function nameOf(question: unknown, index: number): string {
  const named = v.safeParse(v.object({ question_id: Id }), question);
  return named.success ? named.output.question_id : `row ${index + 1}`;
}
