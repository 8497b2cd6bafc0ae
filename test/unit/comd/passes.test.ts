/** What a step trains on, and what an iteration assesses: drawn in constant memory, and the same whenever it is asked for. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawSample } from '../../../src/comd/assess';
import { passesOver, stepsOf } from '../../../src/comd/training';

const count = fc.integer({ min: 1, max: 200 });
const batch = fc.integer({ min: 1, max: 17 });

describe('passes', () => {
  it('show every example once before any comes again, each pass in an order of its own', () => {
    fc.assert(fc.property(count, batch, fc.integer({ min: 1, max: 4 }), fc.integer(), (size, atOnce, epochs, seed) => {
      const passes = passesOver(size, stepsOf(epochs, size, atOnce), atOnce, seed);
      const stepsAPass = stepsOf(1, size, atOnce);
      expect(passes.steps).toBe(epochs * stepsAPass);
      for (let pass = 0; pass < epochs; pass++) {
        const shown = Array.from({ length: stepsAPass }, (_, i) => passes.at(pass * stepsAPass + i)).flat();
        expect(shown.sort((a, b) => a - b)).toEqual(Array.from({ length: size }, (_, i) => i));
      }
    }));
    const passes = passesOver(100, 2, 100, 1);
    expect(passes.at(0)).not.toEqual(passes.at(1));
  });

  it('give a step the same examples in whichever order steps are asked for', () => {
    fc.assert(fc.property(count, batch, fc.integer(), fc.nat(30), (size, atOnce, seed, step) => {
      const [one, other] = [passesOver(size, 31, atOnce, seed), passesOver(size, 31, atOnce, seed)];
      for (let i = 0; i < step; i++) one.at(i);
      expect(one.at(step)).toEqual(other.at(step));
    }));
  });

  it('take no steps where there are no examples', () => {
    expect(passesOver(0, 10, 4, 1).steps).toBe(0);
  });
});

describe('the sample of an iteration', () => {
  it('holds no record twice, as many as are wanted or there are, and none that is not there', () => {
    fc.assert(fc.property(fc.nat(500), fc.integer({ min: 1, max: 600 }), fc.nat(), (size, assessSample, seed) => {
      const sample = drawSample({ from: 0, size }, 1, { seed, assessSample });
      expect(sample).toHaveLength(Math.min(size, assessSample));
      expect(new Set(sample).size).toBe(sample.length);
      expect(sample.every((ordinal) => ordinal >= 0 && ordinal < size)).toBe(true);
    }));
  });

  it('is as likely to hold one record as another, and differs between iterations', () => {
    const [size, seeds] = [20, 2000];
    const hits = new Array<number>(size).fill(0);
    for (let seed = 0; seed < seeds; seed++) for (const ordinal of drawSample({ from: 0, size }, 1, { seed, assessSample: 5 })) hits[ordinal]!++;
    // A quarter of the samples each: five standard deviations are 97.
    for (const each of hits) expect(Math.abs(each - seeds / 4)).toBeLessThan(97);
    expect(drawSample({ from: 0, size: 100 }, 1, { seed: 1, assessSample: 9 })).not.toEqual(drawSample({ from: 0, size: 100 }, 2, { seed: 1, assessSample: 9 }));
  });
});
