import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { linear, matMul, transposeLast } from '../../../src/ops/matmul';
import { useWasm } from '../../support/backend';
import { expectClose } from '../../support/close';
import { expectGradients, randomTensor } from '../../support/gradient';

beforeAll(useWasm);
const size = fc.integer({ min: 1, max: 19 });

describe('a linear layer', () => {
  test('is what three loops give, over odd shapes', async () => {
    await fc.assert(fc.asyncProperty(size, size, size, async (rows, inner, out) => {
      const x = randomTensor([rows, inner], 'x', rows);
      const w = randomTensor([inner, out], 'w', out);
      const b = randomTensor([out], 'b');
      const [xs, ws, bs] = await Promise.all([x.data(), w.data(), b.data()]);
      const expected = Array.from({ length: rows * out }, (_, at) => {
        let sum = bs[at % out] as number;
        for (let k = 0; k < inner; k++) sum += (xs[Math.floor(at / out) * inner + k] as number) * (ws[k * out + at % out] as number);
        return sum;
      });
      expectClose(await linear(x as tf.Tensor2D, w, b).data(), expected, 1e-5);
    }), { numRuns: 20 });
  });

  test('has gradients that agree with finite differences', async () => {
    await expectGradients((x, w, b) => linear(x as tf.Tensor2D, w as tf.Tensor, b), [randomTensor([5, 7], 1), randomTensor([7, 3], 2), randomTensor([3], 3)]);
  });
});

test('a product of batches has gradients that agree with finite differences', async () => {
  await expectGradients((a, b) => matMul(a as tf.Tensor3D, b as tf.Tensor), [randomTensor([2, 3, 5], 1), randomTensor([2, 5, 4], 2)]);
});

test('a product with a transposed argument keeps its stock gradient', async () => {
  await expectGradients((a, b) => tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D, false, true), [randomTensor([3, 5], 1), randomTensor([4, 5], 2)]);
});

test('swapping the last two axes leaves the leading ones alone', async () => {
  const x = tf.tensor3d([1, 2, 3, 4, 5, 6, 7, 8], [2, 2, 2]);
  expect(Array.from(await transposeLast(x).data())).toEqual([1, 3, 2, 4, 5, 7, 6, 8]);
});
