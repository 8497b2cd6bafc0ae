/** How often the teacher's answers to held-out items are right, and how often the question alone tells the answer. */
import { blindReadingOf } from '../../comd/prepare';
import type { Answerer } from '../../comd/roles';
import type { DataSet, TestItem } from '../../data/types';
import { BlindGuesser } from '../../evaluate/blind';
import { matches } from '../../evaluate/match';
import type { Settings } from '../../settings';
import { askAll } from './ask';
import { type Rates, ratesOf } from './rates';

export interface AnswersAudit {
  /** On items like those that are learned from. */
  learned: Rates;
  /** On items of the style that is held out; null where there are none. */
  heldOutStyle: Rates | null;
  /** Of the blind guesser on the items of `learned`. */
  blind: Rates;
}

/** Asks greedily. `told` hears after every batch how many items were asked. */
export async function auditAnswers(
  data: DataSet, settings: Settings, answer: Answerer, items: { learned: readonly TestItem[]; style: readonly TestItem[] }, told: (done: number) => void,
): Promise<AnswersAudit> {
  const guesser = new BlindGuesser(await blindReadingOf(data, settings));
  const right = async (asked: readonly TestItem[]): Promise<Rates> => {
    const said = await askAll(asked, (batch) => answer(batch.map(({ id, image, instruction }) => ({ key: `audit/answer/${id}`, image, instruction })), 0), told);
    return rightOf(asked, said.map(({ text }) => text));
  };
  return {
    learned: await right(items.learned),
    heldOutStyle: items.style.length > 0 ? await right(items.style) : null,
    blind: rightOf(items.learned, items.learned.map(({ instruction }) => guesser.guess(instruction))),
  };
}

function rightOf(items: readonly TestItem[], answers: readonly string[]): Rates {
  return ratesOf(items.map(({ type }) => type), items.map(({ answer }, i) => matches(answers[i] ?? '', answer)));
}
