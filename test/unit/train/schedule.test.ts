import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rateAt } from '../../../src/train/schedule';

describe('the learning rate', () => {
  test('rises in equal steps and falls along a half cosine', () => {
    const rates = Array.from({ length: 10 }, (_, step) => rateAt(step, 10, 1, 0.2));
    expect(rates.slice(0, 3)).toEqual([0.5, 1, 1]);
    expect(rates[6]).toBeCloseTo(0.5);
    expect(rates[9]).toBeCloseTo((1 + Math.cos(Math.PI * 7 / 8)) / 2);
  });

  test('is positive, never above its peak, rises through the warm-up and never after it', () => {
    const cases = fc.tuple(fc.integer({ min: 1, max: 500 }), fc.double({ min: 1e-6, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }));
    fc.assert(fc.property(cases, ([steps, peak, warmup]) => {
      const rates = Array.from({ length: steps }, (_, step) => rateAt(step, steps, peak, warmup));
      const rising = Math.ceil(steps * warmup);
      return rates.every((rate, step) => rate > 0 && rate <= peak && (step === 0 || (step < rising) === (rate > (rates[step - 1] as number)) || rate === rates[step - 1]));
    }));
  });
});
