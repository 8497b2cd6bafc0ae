/**
 * The blind baseline: what one scores from the question alone. For each question it says what was most often the answer
 * to that very question, or to the one most like it, in training records. It never sees an image.
 */
import type { InstructionRecord, TestItem } from '../data/types';
import { words } from '../text/words';
import { type Score, score } from './score';

/** Scores the blind guesser that has read `records` on `items`. */
export function blindBaseline(items: readonly TestItem[], records: readonly InstructionRecord[]): Score {
  const guesser = new BlindGuesser(records);
  return score(items, items.map((item) => guesser.guess(item.instruction)));
}

interface Known {
  words: ReadonlySet<string>;
  answer: string;
}

export class BlindGuesser {
  readonly #known = new Map<string, Known>();

  constructor(records: readonly Pick<InstructionRecord, 'instruction' | 'answer'>[]) {
    const counts = new Map<string, Map<string, number>>();
    for (const { instruction, answer } of records) {
      const answers = counts.get(instruction) ?? new Map<string, number>();
      counts.set(instruction, answers.set(answer, (answers.get(answer) ?? 0) + 1));
    }
    for (const [instruction, answers] of counts) {
      this.#known.set(instruction, { words: new Set(words(instruction)), answer: mostFrequent(answers) });
    }
  }

  /** The best answer without looking; empty when nothing has been read. */
  guess(instruction: string): string {
    return (this.#known.get(instruction) ?? this.#mostSimilar(instruction))?.answer ?? '';
  }

  #mostSimilar(instruction: string): Known | undefined {
    const asked = new Set(words(instruction));
    let best: Known | undefined;
    let bestOverlap = -1;
    for (const known of this.#known.values()) {
      const value = overlap(asked, known.words);
      if (value > bestOverlap) [best, bestOverlap] = [known, value];
    }
    return best;
  }
}

/** The answer given most often; among equals the first in the alphabet, so that the order of records does not matter. */
function mostFrequent(answers: ReadonlyMap<string, number>): string {
  const [first] = [...answers].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return first?.[0] ?? '';
}

/** Jaccard similarity of two sets of words. */
function overlap(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let shared = 0;
  for (const word of a) if (b.has(word)) shared++;
  return shared / Math.max(1, a.size + b.size - shared);
}
