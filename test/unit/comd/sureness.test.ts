import { describe, expect, test } from 'vitest';
import { surenessOf } from '../../../src/comd/sureness';

/** What a model said of a target: its likeliest token in each place and that one's likelihood. */
function scored(tokens: number[], likeliest: number[], likelihoods: number[]) {
  return { tokens: Int32Array.from(tokens), k: 1, ids: Int32Array.from(likeliest), logProbs: Float32Array.from(likelihoods, Math.log) };
}

describe('sureness', () => {
  test('is that of the token that the model was least sure of', () => {
    expect(surenessOf(scored([5, 6, 2], [5, 6, 2], [0.9, 0.4, 1]))).toBeCloseTo(0.4, 5);
  });

  test('is at most what the likeliest token leaves to one that is not the likeliest', () => {
    expect(surenessOf(scored([5, 2], [7, 2], [0.8, 1]))).toBeCloseTo(0.2, 5);
  });

  test('of certain answers is one', () => {
    expect(surenessOf(scored([2], [2], [1]))).toBe(1);
  });
});
