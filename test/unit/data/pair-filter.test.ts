/** The noun-phrase filter. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { filterPairs, nounPhrases } from '../../../src/data/pair-filter';

const pairsOf = (captions: string[]) => captions.map((caption, i) => ({ id: String(i), image: String(i), caption }));
const repeated = (caption: string, count: number) => Array.from({ length: count }, () => caption);

describe('nounPhrases', () => {
  it('takes the runs of words between punctuation and words that are no part of one', () => {
    expect(nounPhrases('A small red car is on the left of two apples, and a moon.')).toEqual(['small red car', 'left', 'two apples', 'moon']);
  });

  it('finds none where there is none', () => {
    expect(nounPhrases('this is it, and that was there.')).toEqual([]);
  });
});

describe('filterPairs', () => {
  it('leaves out captions whose phrases are all seen less than three times', () => {
    const pairs = pairsOf([...repeated('a red car', 3), ...repeated('a blue bus', 2)]);
    expect(filterPairs(pairs, 1)).toEqual(pairs.slice(0, 3));
  });

  it('takes at most a hundred captions of a common phrase', () => {
    const kept = filterPairs(pairsOf(repeated('a red car', 500)), 1);
    expect(kept).toHaveLength(100);
  });

  it('lets a rarer phrase save a caption whose common phrase had enough', () => {
    const pairs = pairsOf([...repeated('a red car', 400), ...repeated('a red car and a tiny owl', 5)]);
    const kept = filterPairs(pairs, 1);
    expect(kept.filter((pair) => pair.caption.includes('owl'))).toHaveLength(5);
  });

  it('keeps the order, and the same pairs for the same seed', () => {
    const captions = fc.array(fc.constantFrom('a red car', 'a blue bus', 'the moon in a tree', 'it is'), { maxLength: 300 });
    fc.assert(fc.property(captions, fc.nat(), (given, seed) => {
      const pairs = pairsOf(given);
      const kept = filterPairs(pairs, seed);
      expect(kept).toEqual(filterPairs(pairs, seed));
      expect(kept).toEqual(pairs.filter((pair) => kept.includes(pair)));
    }), { numRuns: 30 });
  });
});
