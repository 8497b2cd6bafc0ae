import type * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, test } from 'vitest';
import { layerNorm } from '../../../src/ops/layer-norm';
import { rmsNorm } from '../../../src/ops/rms-norm';
import { useWasm } from '../../support/backend';
import { expectClose } from '../../support/close';
import { expectGradients, randomTensor } from '../../support/gradient';

beforeAll(useWasm);
const size = fc.integer({ min: 1, max: 17 });
const mean = (xs: number[]) => xs.reduce((a, b) => a + b, 0) / xs.length;

async function rowsOf(x: tf.Tensor2D): Promise<number[][]> {
  return await x.array();
}

describe('the RMS norm', () => {
  test('is its formula, row by row', async () => {
    await fc.assert(fc.asyncProperty(size, size, async (rows, hidden) => {
      const x = randomTensor<tf.Rank.R2>([rows, hidden], 'x', rows);
      const w = randomTensor<tf.Rank.R1>([hidden], 'w');
      const weight = await w.array();
      const expected = (await rowsOf(x)).flatMap((row) => {
        const r = 1 / Math.sqrt(mean(row.map((v) => v * v)) + 1e-5);
        return row.map((v, i) => v * r * (weight[i] as number));
      });
      expectClose(await rmsNorm(x, w, 1e-5).data(), expected, 1e-5);
    }), { numRuns: 20 });
  });

  test('has gradients that agree with finite differences', async () => {
    await expectGradients((x, w) => rmsNorm(x as tf.Tensor2D, w as tf.Tensor, 1e-5), [randomTensor([4, 9], 1), randomTensor([9], 2)]);
  });
});

describe('the layer norm', () => {
  test('is its formula, row by row', async () => {
    await fc.assert(fc.asyncProperty(size, size, async (rows, hidden) => {
      const x = randomTensor<tf.Rank.R2>([rows, hidden], 'x', rows);
      const w = randomTensor<tf.Rank.R1>([hidden], 'w');
      const b = randomTensor<tf.Rank.R1>([hidden], 'b');
      const [weight, bias] = await Promise.all([w.array(), b.array()]);
      const expected = (await rowsOf(x)).flatMap((row) => {
        const m = mean(row);
        const r = 1 / Math.sqrt(mean(row.map((v) => (v - m) ** 2)) + 1e-3);
        return row.map((v, i) => (v - m) * r * (weight[i] as number) + (bias[i] as number));
      });
      expectClose(await layerNorm(x, w, b, 1e-3).data(), expected, 1e-4);
    }), { numRuns: 20 });
  });

  test('has gradients that agree with finite differences', async () => {
    await expectGradients((x, w, b) => layerNorm(x as tf.Tensor2D, w as tf.Tensor, b as tf.Tensor, 1e-5),
      [randomTensor([4, 9], 1), randomTensor([9], 2), randomTensor([9], 3)]);
  });
});
