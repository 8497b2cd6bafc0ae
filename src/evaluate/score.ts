/**
 * Accuracy of answers to held-out items, over all and by type of question.
 */
import type { ByType } from '../comd/report';
import type { TestItem } from '../data/types';
import { matches } from './match';

export interface Score {
  /** Share of right answers, 0..1; null where there are no items: nothing was judged. */
  accuracy: number | null;
  byType: ByType;
}

/** Scores `answers[i]` against `items[i]`. Types are in the order in which they first come up. */
export function score(items: readonly TestItem[], answers: readonly string[]): Score {
  const right = items.map((item, i) => matches(answers[i] ?? '', item.answer));
  const byType: ByType = {};
  for (const type of new Set(items.map((item) => item.type))) {
    const ofType = right.filter((_, i) => items[i]?.type === type);
    byType[type] = { accuracy: share(ofType), items: ofType.length };
  }
  return { accuracy: right.length === 0 ? null : share(right), byType };
}

const share = (right: readonly boolean[]): number => right.filter(Boolean).length / right.length;
