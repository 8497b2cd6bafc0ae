/** The noun-phrase filter. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { filterPairs } from '../../../src/data/pair-filter';
import { emoji } from '../../support/emoji-world';

const pairsOf = (captions: string[]) => captions.map((caption, i) => ({ id: String(i), image: String(i), caption }));
const repeated = (caption: string, count: number) => Array.from({ length: count }, () => caption);

describe('filterPairs', () => {
  it('leaves out captions whose phrases are all seen less than three times', async () => {
    const pairs = pairsOf([...repeated('a red car', 3), ...repeated('a blue bus', 2)]);
    expect(await filterPairs(pairs, 1)).toEqual(pairs.slice(0, 3));
  });

  it('counts a phrase by the captions that hold it, not by how often they do', async () => {
    expect(await filterPairs(pairsOf(['an owl and an owl and an owl', 'an owl']), 1)).toEqual([]);
  });

  it('counts a thing with another determiner as the same thing', async () => {
    expect(await filterPairs(pairsOf(['a red car.', 'The red car', 'my red car stands here']), 1)).toHaveLength(3);
  });

  it('takes at most a hundred captions of a common phrase, others for another seed', async () => {
    const pairs = pairsOf(repeated('a red car', 500));
    const [kept, others] = [await filterPairs(pairs, 1), await filterPairs(pairs, 2)];
    expect(kept).toHaveLength(100);
    expect(others).toHaveLength(100);
    expect(others).not.toEqual(kept);
  });

  it('keeps all of a phrase that is seen a hundred times', async () => {
    expect(await filterPairs(pairsOf(repeated('a red car', 100)), 1)).toHaveLength(100);
  });

  it('lets a rarer phrase save a caption whose common phrase had enough', async () => {
    const pairs = pairsOf([...repeated('a red car', 400), ...repeated('a red car and a tiny owl', 5)]);
    const kept = await filterPairs(pairs, 1);
    expect(kept.filter((pair) => pair.caption.includes('owl'))).toHaveLength(5);
  });

  it('filters captions of other languages too', async () => {
    const pairs = pairsOf([...repeated('ein Hund und eine Katze', 2), 'der Hund im Park', ...repeated('公園の黒い犬', 3), ...repeated('公園', 1), 'un oiseau']);
    expect((await filterPairs(pairs, 1)).map(({ id }) => id)).toEqual(['0', '1', '2', '3', '4', '5', '6']);
  });

  it('keeps nearly all captions of the emoji world, which name few things often', async () => {
    expect((await filterPairs(await emoji.pairs(2000, 1), 1)).length).toBeGreaterThan(1950);
  });

  it('keeps none of no pairs, and none without noun phrases', async () => {
    expect(await filterPairs([], 1)).toEqual([]);
    expect(await filterPairs(pairsOf(repeated('it is', 9)), 1)).toEqual([]);
  });

  it('keeps the order, and the same pairs for the same seed', async () => {
    const captions = fc.array(fc.constantFrom('a red car', 'a blue bus', 'the moon in a tree', 'it is', 'ein Hund'), { maxLength: 300 });
    await fc.assert(fc.asyncProperty(captions, fc.nat(), async (given, seed) => {
      const pairs = pairsOf(given);
      const kept = await filterPairs(pairs, seed);
      expect(kept).toEqual(await filterPairs(pairs, seed));
      expect(kept).toEqual(pairs.filter((pair) => kept.includes(pair)));
    }), { numRuns: 30 });
  });

  it('takes any text for a caption', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 20 }), fc.nat(), async (given, seed) => {
      const pairs = pairsOf([...given, ...given, ...given]);
      expect((await filterPairs(pairs, seed)).every((pair) => pairs.includes(pair))).toBe(true);
    }), { numRuns: 50 });
  });
});
