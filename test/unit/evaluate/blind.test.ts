/** The guesser that never looks. */
import { describe, expect, it } from 'vitest';
import { blindBaseline, BlindGuesser } from '../../../src/evaluate/blind';

const read = [['what colour is it', 'red'], ['what colour is it', 'red'], ['what colour is it', 'blue'], ['how many cats are there', 'two']]
  .map(([instruction, answer], i) => ({ id: String(i), image: `i${i}`, instruction: instruction as string, answer: answer as string, source: 'dataset' as const, iteration: 0 }));

describe('the blind baseline', () => {
  it('says what was most often the answer to the same question', () => {
    expect(new BlindGuesser(read).guess('what colour is it')).toBe('red');
  });

  it('falls back on the question with the most words in common', () => {
    expect(new BlindGuesser(read).guess('how many dogs are there')).toBe('two');
  });

  it('breaks ties without regard to the order of what it read', () => {
    const tied = read.slice(1, 3);
    expect(new BlindGuesser(tied).guess('what colour is it')).toBe(new BlindGuesser(tied.toReversed()).guess('what colour is it'));
  });

  it('is scored like a model that says the same for every image', () => {
    const items = ['red', 'blue', 'red'].map((answer, i) => ({ id: String(i), image: `t${i}`, instruction: 'what colour is it', answer, type: 'colour' }));
    expect(blindBaseline(items, read).accuracy).toBeCloseTo(2 / 3);
    expect(blindBaseline(items, []).accuracy).toBe(0);
  });
});
