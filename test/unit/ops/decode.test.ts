/** Decoding on WASM: the cache, attention to it and sampling, against the composed form. */
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { sampleComposed } from '../../../src/ops/decode/composed';
import { emptyCaches } from '../../../src/ops/decode/decode';
import { useWasm } from '../../support/backend';
import {
  attentionInCompanies, decodeShapes, expectDecoding, expectSampling, sampled, samplings, sharesOf,
} from '../../support/decode';

beforeAll(useWasm);

const all = { temperature: 1, topK: 0, topP: 1 };
const logs = (...shares: number[]) => shares.map(Math.log);

describe('the cache', () => {
  test('keeps keys and values at their positions, and a new token is turned and attends to those up to its own', async () => {
    for (const shape of decodeShapes) await expectDecoding(shape);
  });

  test('does so for random shapes', async () => {
    await fc.assert(fc.asyncProperty(
      fc.record({
        kvHeads: fc.integer({ min: 1, max: 3 }), group: fc.integer({ min: 1, max: 3 }), half: fc.integer({ min: 1, max: 18 }),
        tokens: fc.integer({ min: 1, max: 20 }), spare: fc.integer({ min: 1, max: 9 }), batch: fc.integer({ min: 1, max: 4 }),
        window: fc.constantFrom(1, 3, Infinity),
      }),
      async ({ kvHeads, group, half, tokens, spare, batch, window }) => {
        const positions = Array.from({ length: batch }, (_, i) => (tokens + spare - 1) * (i + 1) / batch | 0);
        await expectDecoding({ heads: kvHeads * group, kvHeads, headDim: 2 * half, tokens, capacity: tokens + spare, window, positions });
      },
    ), { numRuns: 40 });
  });

  test('gives a sequence the same to the bit alone and in company', async () => {
    for (const shape of decodeShapes) {
      const { together, alone } = await attentionInCompanies(shape);
      expect(together).toEqual(alone);
    }
  });
});

test('a cache that no memory has room for is refused before anything is allocated', () => {
  const before = tf.memory().numTensors;
  expect(() => emptyCaches(2, 64, 65_536, { heads: 8, kvHeads: 8, headDim: 64 })).toThrow(expect.objectContaining({ code: 'device/limit' }));
  expect(tf.memory().numTensors).toBe(before);
});

describe('sampling', () => {
  test.each(samplings)('with %o takes the token that the composed form takes', async (sampling) => {
    for (const vocabulary of [1, 3, 17, 64, 257]) await expectSampling(vocabulary, sampling);
  });

  test('finds thresholds in a large vocabulary', async () => {
    await expectSampling(50_257, { temperature: 1, topK: 50, topP: 0.9 });
    await expectSampling(50_000, { temperature: 0.3, topK: 0, topP: 0.95 });
  });

  test('splits the unit interval in the order of the ids by the tokens\' shares', async () => {
    expect(await sharesOf(logs(0.2, 0.5, 0.3), all, 10)).toEqual([0.2, 0.5, 0.3]);
    expect(await sharesOf(logs(0.2, 0.4, 0.1, 0.3), { ...all, topK: 3 }, 9)).toEqual([2 / 9, 4 / 9, 0, 3 / 9]);
    expect(await sharesOf(logs(0.2, 0.4, 0.1, 0.3), { ...all, topP: 0.6 }, 7)).toEqual([0, 4 / 7, 0, 3 / 7]);
    // The share is of what the first limit leaves: 0.4 of 0.7 is more than a half.
    expect(await sharesOf(logs(0.2, 0.4, 0.1, 0.3), { ...all, topK: 2, topP: 0.5 }, 7)).toEqual([0, 1, 0, 0]);
  });

  test('keeps the lower ids of equals at a limit', async () => {
    expect(await sharesOf([1, 1, 1, 1, 1], { ...all, topK: 2 }, 10)).toEqual([0.5, 0.5, 0, 0, 0]);
    expect(await sharesOf([1, 1, 1, 1, 1], { ...all, topP: 0.5 }, 9)).toEqual([1 / 3, 1 / 3, 1 / 3, 0, 0]);
    expect(await sharesOf([0, 2, -0, 0, 0], { temperature: 1e6, topK: 3, topP: 1 }, 9)).toEqual([1 / 3, 1 / 3, 1 / 3, 0, 0]);
  });

  test('among one token, and of hardly any share, is greedy', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 1, maxLength: 20 }), fc.float({ min: 0, max: 1, noNaN: true }), async (row, draw) => {
      const best = [row.indexOf(Math.max(...row))];
      expect(await sampled([row], { temperature: 0, topK: 0, topP: 1 }, [draw])).toEqual(best);
      expect(await sampled([row], { ...all, topK: 1 }, [draw])).toEqual(best);
      for (const topP of [1e-6, 0]) expect(await sampled([row], { ...all, topP }, [draw])).toEqual(best);
    }), { numRuns: 50 });
  });

  test('reaches the first and the last token and no further', async () => {
    const row = [1, 2, 0.5];
    expect(await sampled([row, row, row, row], all, [0, 1e-30, 1 - 2 ** -24, 1])).toEqual([0, 0, 2, 2]);
    expect(await sampled([[0, 0, 0, -Infinity]], all, [1])).toEqual([2]);
  });

  test('ends on what is not finite', async () => {
    const { NaN: nan } = globalThis;
    const rows = [[nan, 1, nan, 5, nan], [nan, nan, nan, nan, nan], [-Infinity, Infinity, 0, nan, 1], [-Infinity, -Infinity, -Infinity, nan, nan]];
    const limits = [all, { ...all, temperature: 0 }, { ...all, topK: 2 }, { ...all, topP: 0.5 }, { temperature: 1e-30, topK: 3, topP: 0.9 }];
    for (const sampling of limits) {
      const ids = await sampled(rows, sampling, [0.999, 0.5, 0.5, 0.1]);
      expect(ids).toEqual([3, 0, 1, 0]);
    }
  });

  test('gives a row the same alone and in company, every time', async () => {
    const rows = Array.from({ length: 5 }, (_, row) => Array.from({ length: 33 }, (_, id) => Math.sin(row * 40 + id) * 4));
    const draws = [0.1, 0.3, 0.5, 0.7, 0.9];
    const sampling = { temperature: 1.1, topK: 20, topP: 0.9 };
    const together = await sampled(rows, sampling, draws);
    expect(await sampled(rows, sampling, draws)).toEqual(together);
    const alone = [];
    for (const [i, row] of rows.entries()) alone.push(...await sampled([row], sampling, [draws[i] as number]));
    expect(alone).toEqual(together);
    expect(together).toEqual(rows.map((row, i) => sampleComposed(Float32Array.from(row), sampling, draws[i] as number)));
  });

  test('leaves no memory behind', async () => {
    const before = tf.memory().numTensors;
    await tf.ready();
    tf.engine().startScope();
    await expectSampling(17, { temperature: 1, topK: 3, topP: 0.5 });
    tf.engine().endScope();
    expect(tf.memory().numTensors).toBe(before);
  });
});
