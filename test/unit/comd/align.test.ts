/** Which pairs stage 1 learns from. */
import { expect, it } from 'vitest';
import { alignmentPairs } from '../../../src/comd/align';
import { defaults } from '../../../src/settings';
import { toyWorld } from '../../support/toy-world';

const fewThings = { ...toyWorld, pairs: async () => ['a red car', 'a red car', 'a red car', 'a tiny owl'].map((caption, i) => ({ id: `${i}`, image: `${i}`, caption })) };

it('are those that the pair filter keeps', async () => {
  const { drawn, kept } = await alignmentPairs(fewThings, defaults);
  expect([drawn, kept.length]).toEqual([4, 3]);
});

it('are all where the filter is off', async () => {
  expect((await alignmentPairs(fewThings, { ...defaults, pairFilter: false })).kept).toHaveLength(4);
});
