import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { linear, smooth, spread, ticks } from '../../../src/experiments/scale';

describe('a scale', () => {
  test('maps the ends of the data to the ends of the paper', () => {
    const y = linear([0, 4], [200, 20]);
    expect([y(0), y(4), y(2)]).toEqual([200, 20, 110]);
  });
  test('puts data without extent in the middle', () => {
    expect(linear([3, 3], [0, 10])(3)).toBe(5);
  });
  test('has round tick marks within its range, evenly apart', () => {
    expect(ticks(0, 1, 4)).toEqual([0, 0.5, 1]);
    expect(ticks(0, 1800, 4)).toEqual([0, 500, 1000, 1500]);
    fc.assert(fc.property(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.double({ min: 1e-3, max: 1e6, noNaN: true }), (low, extent) => {
      const marks = ticks(low, low + extent, 5);
      expect(marks.length).toBeLessThanOrEqual(7);
      for (const mark of marks) {
        expect(mark).toBeGreaterThanOrEqual(low - extent * 1e-6 - 1e-6);
        expect(mark).toBeLessThanOrEqual(low + extent * (1 + 1e-6) + 1e-6);
      }
    }));
  });
});

test('labels that were spread keep their order and their distance', () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 100 }), { maxLength: 8 }), (positions) => {
    const moved = [...spread(positions, 15)].sort((a, b) => a - b);
    moved.slice(1).forEach((place, index) => expect(place - (moved[index] ?? 0)).toBeGreaterThanOrEqual(15));
    expect(spread(positions, 15).every((place, index) => place >= (positions[index] ?? 0))).toBe(true);
  }));
});

test('a running mean follows a constant exactly and never leaves the range of its values', () => {
  expect(smooth([2, 2, 2])).toEqual([2, 2, 2]);
  fc.assert(fc.property(fc.array(fc.double({ min: 0, max: 10, noNaN: true }), { minLength: 1 }), (values) => {
    for (const mean of smooth(values)) {
      expect(mean).toBeGreaterThanOrEqual(Math.min(...values) - 1e-9);
      expect(mean).toBeLessThanOrEqual(Math.max(...values) + 1e-9);
    }
  }));
});
