/**
 * A plausible wrong answer to every held-out item: what is true of another held-out image. It is in the words of a right one, and
 * often in the very words that would be right elsewhere, so that only a look at the image tells the two apart.
 */
import type { DataSet, TestItem } from '../../data/types';
import { matches } from '../../evaluate/match';
import { stream } from '../../random';

/** How the wrong answers come about, in words for whoever reads the figures. */
export const wrongAnswersAre = 'the true answer to the same question about another held-out image, or, where it has none, to another question of its kind';

/** For each item a wrong answer, drawn by `seed`; null where all others have the same answer. */
export function wrongAnswers(items: readonly TestItem[], data: Pick<DataSet, 'truth'>, seed: number): (string | null)[] {
  return items.map((item) => {
    const others = inTurn(items, Math.floor(stream(seed, 'audit wrong answer', item.id)() * items.length));
    const isWrong = (answer: string | null): answer is string => answer !== null && !matches(answer, item.answer);
    return first(others, ({ image }) => data.truth(image, item.instruction), isWrong)
      ?? first(others.filter(({ type }) => type === item.type), ({ answer }) => answer, isWrong);
  });
}

/** All of them once, beginning at `start`. */
const inTurn = <T>(items: readonly T[], start: number): T[] => [...items.slice(start), ...items.slice(0, start)];

function first<T>(items: readonly T[], answerOf: (item: T) => string | null, wanted: (answer: string | null) => answer is string): string | null {
  for (const item of items) {
    const answer = answerOf(item);
    if (wanted(answer)) return answer;
  }
  return null;
}
