/**
 * Examines a model on held-out items: it answers greedily, and `evaluate/` scores. The true answers go nowhere else.
 */
import type { TestItem } from '../data/types';
import { type Score, score } from '../evaluate/score';
import type { Phase } from './events';
import type { Kind } from './forecast';
import { answersPerBatch, inBatches, numbered } from './batches';
import { type Answerer, tokensOf } from './roles';
import type { Work } from './work';

/** Who is examined, on which items, and where the journal keeps it: `paper` is unique within the phase. */
export interface Examination {
  iteration: number;
  phase: Phase;
  paper: string;
  kind: Kind;
  items: readonly TestItem[];
}

/** Asks all items in batches and scores the answers. `ready` brings the model to the state that is examined. */
export async function examine(examination: Examination, answer: Answerer, work: Work, ready: () => Promise<void>): Promise<Score> {
  return score(examination.items, await answersTo(examination, answer, work, ready));
}

/** The answers themselves, in the order of the items. */
export async function answersTo(examination: Examination, answer: Answerer, work: Work, ready: () => Promise<void>): Promise<string[]> {
  const { iteration, phase, paper, kind, items } = examination;
  const answers: string[] = [];
  for (const [i, batch] of inBatches(items, answersPerBatch).entries()) {
    const said = await work.once({ iteration, phase, item: `${paper}/${numbered(i)}` }, kind, async () => {
      await ready();
      const generations = await answer(batch.map(({ id, image, instruction }) => ({ key: `${paper}/${iteration}/${id}`, image, instruction })), 0);
      return { result: generations.map(({ text }) => text), items: batch.length, tokens: tokensOf(generations) };
    });
    answers.push(...said);
  }
  return answers;
}
