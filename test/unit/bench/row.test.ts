import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { medianOf, rowOf, type Case } from '../../../src/bench/row';

const trainOnGpu: Case = { task: 'train', architecture: 'llama', backend: 'webgpu', runtime: 'chromium', implementation: 'stock' };
const counts = { dispatches: 1118, submits: 75, uploads: 1415, readbacks: 1, errors: 0 };

describe('the rows', () => {
  test('have a median with as many numbers above as below it', () => {
    fc.assert(fc.property(fc.array(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), { minLength: 1 }), (numbers) => {
      const median = medianOf(numbers);
      expect(numbers.filter((number) => number < median).length).toBeLessThanOrEqual(numbers.length / 2);
      expect(numbers.filter((number) => number > median).length).toBeLessThanOrEqual(numbers.length / 2);
    }));
    expect(medianOf([4, 1, 3])).toBe(3);
    expect(medianOf([4, 1, 3, 2])).toBe(2.5);
    expect(() => medianOf([])).toThrow('median');
  });

  const row = rowOf(trainOnGpu, { warmUp: [5.5], milliseconds: [1000, 3000, 2000], counts: [counts, counts, counts], peakBytes: 170.8e6 }, 5e8);

  test('hold the medians with their spread', () => {
    expect(row).toMatchObject({
      work: 'train llama', backend: 'webgpu', runtime: 'chromium', implementation: 'stock', dispatchesPerStep: 1118, submitsPerStep: 75, uploadsPerStep: 1415,
      readbacksPerStep: 1, msPerStep: 2000, msLow: 1000, msHigh: 3000, tokensPerSecond: 256, matmulPeakGflops: 0.5, peakDeviceBytes: 170.8e6,
    });
    expect(row.gflops).toBeCloseTo(2.533 / 2, 3);
  });

  test('say of WASM that there is nothing to count', () => {
    const measured = { warmUp: [5.5], milliseconds: [1], counts: [counts], peakBytes: 0 };
    const { dispatchesPerStep, readbacksPerStep } = rowOf({ ...trainOnGpu, backend: 'wasm' }, measured, 1);
    expect([dispatchesPerStep, readbacksPerStep]).toEqual([null, null]);
  });
});
