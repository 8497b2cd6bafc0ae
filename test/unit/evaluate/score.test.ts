/** When an answer is right, and what comes of many. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matches } from '../../../src/evaluate/match';
import { score } from '../../../src/evaluate/score';

describe('matches', () => {
  it.each([
    ['The cat.', 'cat'], ['  A  red   Balloon ', 'red balloon'], ['three', '3'], ['Twenty!', '20'], ['an apple and a pear', 'apple and pear'],
  ])('takes "%s" for "%s"', (answer, truth) => {
    expect(matches(answer, truth)).toBe(true);
    expect(matches(truth, answer)).toBe(true);
  });

  it.each([['dog', 'cat'], ['cat and dog', 'cat'], ['', 'cat'], ['13', '3'], ['cat dog', 'dog cat']])('does not take "%s" for "%s"', (answer, truth) => {
    expect(matches(answer, truth)).toBe(false);
  });

  it('takes any answer for itself', () => {
    fc.assert(fc.property(fc.string(), (answer) => { expect(matches(answer, answer)).toBe(true); }));
  });
});

describe('score', () => {
  const items = [['a', 'colour', 'red'], ['b', 'colour', 'blue'], ['c', 'count', '2']].map(([id, type, answer]) => (
    { id: id as string, type: type as string, answer: answer as string, image: 'x', instruction: 'what is it' }
  ));

  it('counts right answers, over all and by type', () => {
    expect(score(items, ['red', 'green', 'two'])).toEqual({
      accuracy: 2 / 3, byType: { colour: { accuracy: 0.5, items: 2 }, count: { accuracy: 1, items: 1 } },
    });
  });

  it('takes a missing answer for a wrong one, and no items for nothing', () => {
    expect(score(items, []).accuracy).toBe(0);
    expect(score([], [])).toEqual({ accuracy: null, byType: {} });
  });
});
