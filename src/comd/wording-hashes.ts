/** Instructions as hashes of their words, for telling repeats alone: a million take 16 to 32 MB, whatever their length. */
import { SeenIds } from '../data/import/seen-ids';

export class WordingHashes {
  readonly #seen = new SeenIds();

  add(words: readonly string[]): void {
    this.#seen.add(words.join(' '));
  }

  /** Whether these very words are among them, in this order; wrongly so about once in 10^13 questions to a million. */
  has(words: readonly string[]): boolean {
    return this.#seen.has(words.join(' '));
  }

  /** They cannot tell. */
  hasAlike(): boolean {
    return false;
  }
}
