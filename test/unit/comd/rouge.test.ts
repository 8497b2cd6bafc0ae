/** ROUGE-L against another implementation. */
import fc from 'fast-check';
import { l } from 'js-rouge';
import { describe, expect, it } from 'vitest';
import { rougeL } from '../../../src/comd/rouge';

// Words whose Penn Treebank tokens are the words themselves, so that both sides count the same tokens.
const word = fc.constantFrom('cat', 'dog', 'moon', 'red', 'blue', 'left', 'seven', 'tree', 'house', 'sings');
const sentence = fc.array(word, { minLength: 1, maxLength: 9 });

describe('rougeL', () => {
  it('agrees with js-rouge', () => {
    fc.assert(fc.property(sentence, sentence, (a, b) => {
      expect(rougeL(a, b)).toBeCloseTo(l(a.join(' '), b.join(' ')), 10);
    }));
  });

  it('is 1 for the same words, 0 for none in common or none at all, and the same both ways', () => {
    fc.assert(fc.property(sentence, sentence, (a, b) => {
      expect(rougeL(a, a)).toBe(1);
      expect(rougeL(a, a.map((each) => `un${each}`))).toBe(0);
      expect(rougeL(a, b)).toBe(rougeL(b, a));
      expect(rougeL(a, [])).toBe(0);
    }));
  });
});
