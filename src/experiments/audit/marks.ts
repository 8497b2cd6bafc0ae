/** How often the assessor's marks prefer the right of two answers, whichever is shown first. */
import type { MarkSheet } from '../../comd/marks';
import type { Assessor, Comparison } from '../../comd/roles';
import type { DataSet, TestItem } from '../../data/types';
import { askAll } from './ask';
import { type Rates, ratesOf } from './rates';
import { wrongAnswers } from './wrong-answers';

export interface MarksAudit {
  /** Pairs whose right answer got the higher mark when it was shown first, second, and both times. A tie, or marks that cannot be read, is not seen. */
  rightFirst: Rates;
  rightSecond: Rates;
  both: Rates;
  /** Comparisons whose marks stayed unreadable after all retries, and all of them: two to a pair. */
  unreadable: number;
  comparisons: number;
  /** Items to which no wrong answer could be found. */
  unpaired: number;
}

/** `told` hears of every batch how many items are done with. */
export async function auditMarks(
  data: DataSet, seed: number, assess: Assessor, items: readonly TestItem[], told: (done: number) => void,
): Promise<MarksAudit> {
  const wrong = wrongAnswers(items, data, seed);
  const pairs = items.flatMap((item, i) => {
    const answer = wrong[i] ?? null;
    return answer === null ? [] : [{ item, wrong: answer }];
  });
  told(items.length - pairs.length);
  const seen = await askAll(pairs, async (batch) => {
    const { sheets } = await assess(batch.flatMap(({ item, wrong: b }) => inBothPositions(item, b)));
    return batch.map((_, i) => [sheets[2 * i] ?? null, sheets[2 * i + 1] ?? null] as const);
  }, told);
  const kinds = pairs.map(({ item }) => item.type);
  const first = seen.map(([sheet]) => sheet !== null && sheet.a > sheet.b);
  const second = seen.map(([, sheet]) => sheet !== null && sheet.b > sheet.a);
  return {
    rightFirst: ratesOf(kinds, first), rightSecond: ratesOf(kinds, second), both: ratesOf(kinds, first.map((one, i) => one && second[i] === true)),
    unreadable: seen.flat().filter((sheet: MarkSheet | null) => sheet === null).length, comparisons: 2 * pairs.length, unpaired: items.length - pairs.length,
  };
}

function inBothPositions({ id, image, instruction, answer }: TestItem, wrong: string): Comparison[] {
  const asked = { image, instruction, reference: null };
  return [
    { key: `audit/marks/${id}/right first`, ...asked, a: answer, b: wrong },
    { key: `audit/marks/${id}/right second`, ...asked, a: wrong, b: answer },
  ];
}
