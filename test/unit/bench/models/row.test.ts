import { describe, expect, test } from 'vitest';
import { modelPatience } from '../../../../src/bench/models/patience';
import { modelRowOf } from '../../../../src/bench/models/row';
import type { ModelMeasured } from '../../../../src/bench/models/measured';
import type { ModelCase } from '../../../../src/bench/models/work';

const counts = { dispatches: 700, submits: 3, uploads: 4, readbacks: 1, errors: 0 };
const peaks = { device: 'a device', product: 40e9, copy: 200e9 };
const measured: ModelMeasured = { warmUp: [10.9], milliseconds: [90, 100, 110], counts: [counts], peakBytes: 1e9, weights: 'int4', tokens: 1, operations: 1e9 };
const decoding: ModelCase = {
  work: 'decode smollm2', backend: 'webgpu', runtime: 'dawn', implementation: 'ours', weights: 'int4', recompute: false, layers: 30, tokens: 128,
};

describe('a model\'s row', () => {
  test('says how near decoding comes to copying', () => {
    expect(modelRowOf(decoding, { ...measured, bytes: 5e9 }, peaks)).toMatchObject({
      work: 'decode smollm2', weights: 'int4', layers: 30, tokens: 128, dispatchesPerStep: 700, msPerStep: 100, tokensPerSecond: 10, gflops: 10, matmulPeakGflops: 40, shareOfMatmul: 0.25,
      bytesPerToken: 5e9, gigabytesPerSecond: 50, copyGigabytesPerSecond: 200, shareOfCopy: 0.25,
    });
  });

  test('has only what there is of it', () => {
    const step = modelRowOf({ ...decoding, work: 'adapt smollm2', recompute: true }, measured, peaks);
    expect(step.recompute).toBe(true);
    for (const name of ['bytesPerToken', 'gigabytesPerSecond', 'copyGigabytesPerSecond', 'shareOfCopy', 'threads', 'padding']) expect(step).not.toHaveProperty(name);
    const student = modelRowOf({ work: 'tune student', backend: 'wasm', runtime: 'chromium', implementation: 'ours' }, { ...measured, threads: 2, padding: 0.25 }, peaks);
    expect(student).toMatchObject({ threads: 2, padding: 0.25, dispatchesPerStep: null });
    for (const name of ['layers', 'tokens', 'recompute']) expect(student).not.toHaveProperty(name);
  });
});

describe('the patience with models', () => {
  test('is least where a CPU trains a large one', () => {
    expect(modelPatience('train smollm2', 'wasm')).toBeLessThan(modelPatience('decode smollm2', 'wasm'));
    expect(modelPatience('tune student', 'software')).toBeLessThan(modelPatience('tune student', 'wasm'));
    expect(modelPatience('train smollm2', 'hardware')).toBeGreaterThan(1);
  });
});
