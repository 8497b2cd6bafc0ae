/** Compares arrays of floats, and says where they part. */
import { expect } from 'vitest';

/** Passes when every entry is within `tolerance · (1 + |expected|)` of what is expected. */
export function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number, what = 'entry'): void {
  expect(actual.length, `${what}: length`).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    const a = actual[i] as number;
    const e = expected[i] as number;
    if (!(Math.abs(a - e) <= tolerance * (1 + Math.abs(e)))) expect.fail(`${what} ${i} is ${a}, expected ${e} (tolerance ${tolerance})`);
  }
}
