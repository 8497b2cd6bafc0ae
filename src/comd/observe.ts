/**
 * What an iteration shows of itself beside its results, for `health` to go by: counts alone. The truth that some of them are
 * held against is known to nobody who learns or teaches.
 */
import type { DataSet, TestItem } from '../data/types';
import { matches, normalised } from '../evaluate/match';
import type { Pool } from '../pools/pool';
import type { Assessment } from '../pools/rows';
import { idOfNew } from './augment';
import { rangeOf } from './batches';
import { meanMarks, type Marks } from './difficulty';

/** Null where there was nothing to see. */
export interface Observed {
  /** The student's commonest answer to the test items, the share of items that it gave it to, and the share that it is true of. */
  answers: { items: number; commonest: string; given: number; trueOf: number } | null;
  /** Comparisons where exactly one answer is right, and those among them where it got the higher mark. */
  marks: { compared: number; preferred: number } | null;
  /** Comparisons of unlike answers; those whose winner changed with the order; and by how much the teacher's lead did, in marks, on average. */
  positions: { compared: number; flipped: number; shift: number } | null;
  /** New instructions that were looked at, and those whose answer the data set does not know. */
  written: { judged: number; irrelevant: number } | null;
}

/** The student's answers to the test items, by count. */
export function answersSeen(items: readonly TestItem[], said: readonly string[]): Observed['answers'] {
  const counts = new Map<string, number>();
  for (const answer of said.map(normalised)) counts.set(answer, (counts.get(answer) ?? 0) + 1);
  const [first] = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  if (!first) return null;
  const [commonest, times] = first;
  const fitting = items.filter(({ answer }) => normalised(answer) === commonest).length;
  return { items: items.length, commonest, given: times / items.length, trueOf: fitting / items.length };
}

/** How the marks of an iteration stand to what is right. A tie prefers neither. */
export function marksSeen(assessments: readonly Assessment[]): Observed['marks'] {
  const telling = assessments.flatMap(({ sheets, right }) => {
    const read = bothSheets(sheets);
    return read && right && right.teacher !== right.student ? [{ marks: meanMarks(read), right }] : [];
  });
  if (telling.length === 0) return null;
  const preferred = telling.filter(({ marks, right }) => (right.teacher ? marks.teacher > marks.student : marks.student > marks.teacher));
  return { compared: telling.length, preferred: preferred.length };
}

/** What swapping the answers did to the marks. Answers that say the same cannot tell. */
export function positionsSeen(assessments: readonly Assessment[]): Observed['positions'] {
  const leads = assessments.flatMap(({ sheets, teacherAnswer, studentAnswer }) => {
    const read = bothSheets(sheets);
    return read && !matches(teacherAnswer, studentAnswer) ? [read.map(({ teacher, student }) => teacher - student) as [number, number]] : [];
  });
  if (leads.length === 0) return null;
  const shift = leads.reduce((sum, [first, second]) => sum + Math.abs(first - second), 0) / leads.length;
  return { compared: leads.length, flipped: leads.filter(([first, second]) => first * second < 0).length, shift };
}

function bothSheets([first, second]: Assessment['sheets']): [Marks, Marks] | null {
  return first && second ? [first, second] : null;
}

/** Of so many new instructions at most it is looked up whether they can be answered; more would tell no more. */
const mostJudged = 1000;
/** Where the data set knows the answer to none of so many records of the first pool, it knows none at all. */
const triedFirst = 20;

/** Whether what an augmentor wrote in iteration `iteration`, of which `kept` joined the pool, can be answered; null where the data set cannot tell. */
export async function writtenSeen(data: DataSet, pool: Pool, iteration: number, kept: number): Promise<Observed['written']> {
  const isKnown = ({ image, instruction }: { image: string; instruction: string }): boolean => data.truth(image, instruction) !== null;
  const first = await pool.at(rangeOf(0, Math.min(triedFirst, await pool.size(0))));
  if (kept === 0 || !first.some(isKnown)) return null;
  const ids = rangeOf(0, Math.min(mostJudged, kept)).map((at) => idOfNew(iteration, at));
  const written = [...(await pool.withIds(ids, iteration)).values()];
  return { judged: written.length, irrelevant: written.filter((record) => !isKnown(record)).length };
}
