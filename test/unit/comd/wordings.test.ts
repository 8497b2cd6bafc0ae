/** Wordings against comparing with every one. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rougeL } from '../../../src/comd/rouge';
import { Wordings } from '../../../src/comd/wordings';

/** A few frequent words and some rare ones, so that there are repeats, likenesses and strangers. */
const word = fc.oneof(fc.constantFrom('what', 'is', 'the'), fc.integer({ min: 0, max: 30 }).map((each) => `thing${each}`));
const wording = fc.array(word, { maxLength: 9 });
const limit = fc.oneof(fc.constantFrom(0, 0.5, 2 / 3, 0.7, 0.8, 0.9, 1), fc.double({ min: 0, max: 1, noNaN: true }));

function wordingsOf(all: readonly string[][]): Wordings {
  const wordings = new Wordings();
  for (const words of all) wordings.add(words);
  return wordings;
}

describe('Wordings', () => {
  it('find the same likenesses as comparing with every one, of few and of many', () => {
    fc.assert(fc.property(fc.array(wording, { maxLength: 120, size: 'max' }), wording, limit, (all, words, most) => {
      expect(wordingsOf(all).hasAlike(words, most)).toBe(all.some((other) => rougeL(words, other) > most));
    }), { numRuns: 500 });
  });

  it('find likenesses that are only just above a limit that is met exactly by others', () => {
    const strangers = Array.from({ length: 40 }, (_, i) => [`stranger${i}`]);
    const words = ['a', 'b', 'c', 'd'];
    for (const other of [['a', 'b'], ['a', 'b', 'c'], ['a', 'b', 'x', 'y'], ['a', 'c', 'd', 'e', 'f', 'g']]) {
      const exact = rougeL(words, other);
      const wordings = wordingsOf([...strangers, other]);
      expect(wordings.hasAlike(words, exact)).toBe(false);
      expect(wordings.hasAlike(words, exact - 1e-12)).toBe(true);
    }
  });

  it('find the very same words, in the same order', () => {
    fc.assert(fc.property(fc.array(wording, { maxLength: 60, size: 'max' }), wording, (all, words) => {
      expect(wordingsOf(all).has(words)).toBe(all.some((other) => other.join() === words.join()));
    }));
    expect(wordingsOf([['a', 'b']]).has(['b', 'a'])).toBe(false);
  });
});
