/** One problem of ScienceQA as `problems.json` holds it, and the categories it counts in. */
import * as v from 'valibot';
import { Text } from '../files';

/** Choices are lettered A to E. */
export const letters = ['A', 'B', 'C', 'D', 'E'] as const;

/** Fields that nothing is made of (`topic`, `category`, `skill`, `lecture`, `solution`) are not looked at. */
export const Problem = v.pipe(
  v.object({
    question: Text,
    choices: v.pipe(v.array(v.string()), v.minLength(2, 'it has fewer than 2 choices'), v.maxLength(letters.length, `it has more than ${letters.length} choices`)),
    /** Index into `choices`. */
    answer: v.pipe(v.number(), v.integer(), v.minValue(0)),
    hint: v.string(),
    /** File in the problem's own folder; the original takes an empty name for none, too. */
    image: v.pipe(v.nullable(v.string()), v.transform((file) => (file === '' ? null : file))),
    grade: v.pipe(v.string(), v.regex(/^grade([1-9]|1[0-2])$/, 'it is none of grade1 to grade12')),
    subject: v.picklist(['natural science', 'social science', 'language science']),
    split: v.picklist(['train', 'val', 'test']),
  }),
  v.forward(v.check(({ answer, choices }) => answer < choices.length, 'it names no choice'), ['answer']),
);
export type Problem = v.InferOutput<typeof Problem>;

/** The columns of the published tables, in their order. */
export const categories = ['NAT', 'SOC', 'LAN', 'TXT', 'IMG', 'NO', 'G1-6', 'G7-12'] as const;
type Category = (typeof categories)[number];

const bySubject: Readonly<Record<Problem['subject'], Category>> = { 'natural science': 'NAT', 'social science': 'SOC', 'language science': 'LAN' };

/**
 * The categories of a problem: its subject, its context and its grade. A problem with both a hint and an image counts in TXT
 * and in IMG, as in `tools/evaluate_acc.py` of lupantech/ScienceQA.
 */
export function categoriesOf({ subject, hint, image, grade }: Problem): Category[] {
  return [
    bySubject[subject],
    ...(hint === '' ? [] : ['TXT' as const]), ...(image === null ? [] : ['IMG' as const]), ...(hint === '' && image === null ? ['NO' as const] : []),
    Number(grade.slice('grade'.length)) <= 6 ? 'G1-6' : 'G7-12',
  ];
}
