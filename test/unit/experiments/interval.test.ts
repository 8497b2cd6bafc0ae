import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { estimate, pairedDifference, studentT } from '../../../src/experiments/interval';

describe('the interval of a mean', () => {
  test('is that of Student\'s t, worked out by hand', () => {
    // 2, 4, 6: mean 4, variance 4, and 4.303 times the root of 4/3.
    expect(estimate([2, 4, 6])).toEqual({ count: 3, mean: 4, half: expect.closeTo(4.9686, 3) as number });
    // 1, 2: mean 1.5, variance 0.5, and 12.706 times the root of 0.25.
    expect(estimate([1, 2])).toEqual({ count: 2, mean: 1.5, half: expect.closeTo(6.353, 3) as number });
  });

  test('needs two values, and there is no mean of none', () => {
    expect(estimate([0.7])).toEqual({ count: 1, mean: 0.7, half: null });
    expect(estimate([])).toBeNull();
  });

  test('takes quantiles from the table, and beyond it from their expansion', () => {
    expect([1, 4, 9, 30].map(studentT)).toEqual([12.706, 2.776, 2.262, 2.042]);
    // Tables give 2.021 for 40, 2.000 for 60 and 1.980 for 120.
    expect(studentT(40)).toBeCloseTo(2.021, 3);
    expect(studentT(60)).toBeCloseTo(2, 3);
    expect(studentT(120)).toBeCloseTo(1.98, 3);
  });

  test('moves with the values and widens with them', () => {
    const values = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 2, maxLength: 40 });
    fc.assert(fc.property(values, fc.double({ min: 0.1, max: 10, noNaN: true }), fc.double({ min: -5, max: 5, noNaN: true }), (some, factor, shift) => {
      const [before, after] = [estimate(some), estimate(some.map((value) => value * factor + shift))];
      expect(after?.mean).toBeCloseTo((before?.mean ?? 0) * factor + shift, 8);
      expect(after?.half).toBeCloseTo((before?.half ?? 0) * factor, 8);
    }));
  });
});

describe('a paired difference', () => {
  test('takes the seeds that both have, and the spread of the differences alone', () => {
    // 5, 7 and 6 points apart, whatever the seeds are worth by themselves: mean 6, variance 1, 4.303 times the root of 1/3.
    const first = new Map([[1, 0.55], [2, 0.77], [3, 0.36], [9, 0.99]]);
    const second = new Map([[3, 0.3], [2, 0.7], [1, 0.5], [8, 0.01]]);
    expect(pairedDifference(first, second)).toEqual({ count: 3, mean: expect.closeTo(0.06, 10) as number, half: expect.closeTo(0.024843, 5) as number });
  });

  test('is none where no seed is common', () => {
    expect(pairedDifference(new Map([[1, 0.5]]), new Map([[2, 0.5]]))).toBeNull();
  });
});
