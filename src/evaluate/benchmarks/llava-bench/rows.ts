/** The rows of LLaVA-Bench's files, of the set in the wild and of the earlier one over COCO. */
import * as v from 'valibot';
import { Id, Text } from '../files';

/** A line of `questions.jsonl`. */
export const QuestionRow = v.object({ question_id: Id, image: Text, text: Text, category: Text });

const Sentences = v.union([v.pipe(Text, v.transform((text) => [text])), v.pipe(v.array(v.string()), v.minLength(1))]);

/** A line of `context.jsonl`: a description of an image. Over COCO: its captions, and its objects with their boxes. */
export const ContextRow = v.union([
  v.object({ image: Text, caption: Sentences }),
  v.object({
    image: Text, captions: Sentences,
    instances: v.array(v.object({ category: v.string(), bbox: v.array(v.number()) })),
  }),
]);
export type ContextRow = v.InferOutput<typeof ContextRow>;

/** A line of a file of answers. */
export const AnswerRow = v.object({ question_id: Id, text: Text });

/** What a context says to an assessor. */
export function contextText(row: ContextRow): string {
  if ('caption' in row) return row.caption.join('\n');
  return `${row.captions.join('\n')}\n\n${row.instances.map(({ category, bbox }) => `${category}: [${bbox.join(', ')}]`).join('\n')}`;
}

/** A line of a file of reviews; the original writes -1 for marks that it could not read. */
export const ReviewRow = v.object({
  question_id: Id,
  category: Text,
  content: v.optional(v.string()),
  tuple: v.optional(v.tuple([v.number(), v.number()])),
});
