/**
 * Instructions as lists of words, each kept once, for telling whether another one is a repeat of one of them or too like
 * it. It compares words and nothing else; what is a word is `text/words.ts`' to say.
 */
import { rougeL } from './rouge';

/** So few are compared one by one: most scopes are an image's, and an index for each would take more than it saves. */
const few = 32;
/** Rounding must not make a bound too tight. */
const slack = 1e-9;

export class Wordings {
  /** By their text, which tells them apart: no word holds a space. */
  readonly #all = new Map<string, readonly string[]>();
  /** Those that hold a word, of every word; made when there are more than a few. */
  #byWord: Map<string, (readonly string[])[]> | undefined;

  add(words: readonly string[]): void {
    const text = words.join(' ');
    if (this.#all.has(text)) return;
    this.#all.set(text, words);
    if (this.#byWord) enter(this.#byWord, words);
    else if (this.#all.size > few) this.#byWord = indexOf(this.#all.values());
  }

  /** Whether these very words are among them, in this order. */
  has(words: readonly string[]): boolean {
    return this.#all.has(words.join(' '));
  }

  /** Whether the ROUGE-L F1 with one of them is above `limit`, which lies in 0..1. */
  hasAlike(words: readonly string[], limit: number): boolean {
    const isAlike = (other: readonly string[]): boolean => rougeL(words, other) > limit;
    if (!this.#byWord) return [...this.#all.values()].some(isAlike);
    const byWord = this.#byWord;
    const holding = words.map((word) => byWord.get(word) ?? []).sort((a, b) => a.length - b.length);
    return holding.slice(0, words.length - leastShared(words.length, limit) + 1).some((others) => others.some(isAlike));
  }
}

/**
 * How many of `length` words, at least, whatever is above `limit` has in common with them. With c in common the other one is
 * no shorter than c, so that F1 <= 2c / (length + c), and c > limit · length / (2 - limit). All but c - 1 of the words are
 * then sure to hold a common one: it is enough to look at the rarest of so many (prefix filtering, Chaudhuri 2006).
 */
function leastShared(length: number, limit: number): number {
  return Math.floor(limit * length / (2 - limit) - slack) + 1;
}

function indexOf(all: Iterable<readonly string[]>): Map<string, (readonly string[])[]> {
  const byWord = new Map<string, (readonly string[])[]>();
  for (const words of all) enter(byWord, words);
  return byWord;
}

function enter(byWord: Map<string, (readonly string[])[]>, words: readonly string[]): void {
  for (const word of new Set(words)) {
    const holding = byWord.get(word);
    if (holding) holding.push(words);
    else byWord.set(word, [words]);
  }
}
