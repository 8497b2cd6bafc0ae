import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { permutation } from '../../src/permutation';

const order = (n: number, ...key: (string | number)[]) => Array.from({ length: n }, (_, place) => permutation(n, ...key)(place));

describe('an order drawn by key', () => {
  it('holds each number below n once', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 3000 }), fc.integer(), (n, seed) => {
      expect(order(n, seed).sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
    }), { numRuns: 60 });
  });

  it('stays below n where n is large', () => {
    fc.assert(fc.property(fc.integer({ min: 2, max: 2 ** 30 }), fc.integer(), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (n, seed, share) => {
      const drawn = permutation(n, seed)(Math.floor(share * n));
      expect(Number.isInteger(drawn) && drawn >= 0 && drawn < n).toBe(true);
    }));
  });

  it('is the same for the same key and another for another', () => {
    expect(order(1000, 1, 'record')).toEqual(order(1000, 1, 'record'));
    expect(order(1000, 1, 'record')).not.toEqual(order(1000, 2, 'record'));
    expect(order(1000, 1, 'record')).not.toEqual(order(1000, 1, 'pair'));
  });

  it('leaves no number where it was more often than chance does', () => {
    const stayed = Array.from({ length: 50 }, (_, seed) => order(200, seed).filter((number, place) => number === place).length);
    expect(stayed.reduce((sum, count) => sum + count, 0) / stayed.length).toBeLessThan(2);
  });
});
