import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { crossEntropy } from '../../../src/ops/cross-entropy';
import { useWasm } from '../../support/backend';
import { expectClose } from '../../support/close';
import { expectGradients, randomTensor } from '../../support/gradient';

beforeAll(useWasm);

test('the loss is the mean negative log-likelihood of the targets', async () => {
  const sizes = fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 2, max: 30 }));
  await fc.assert(fc.asyncProperty(sizes, async ([rows, vocabulary]) => {
    const logits = randomTensor<tf.Rank.R2>([rows, vocabulary], 'logits', rows).mul(8) as tf.Tensor2D;
    const targets = Array.from({ length: rows }, (_, i) => i * 7 % vocabulary);
    const losses = (await logits.array()).map((row, i) =>
      Math.log(row.reduce((sum, x) => sum + Math.exp(x), 0)) - (row[targets[i] as number] as number));
    const expected = losses.reduce((a, b) => a + b, 0) / rows;
    expectClose(await crossEntropy(logits, targets).data(), [expected], 1e-5);
  }), { numRuns: 25 });
});

test('huge scores overflow nothing', async () => {
  const loss = crossEntropy(tf.tensor2d([[1e4, 0, -1e4]]), [1]);
  expect((await loss.data())[0]).toBeCloseTo(1e4);
});

test('the loss has a gradient that agrees with finite differences', async () => {
  await expectGradients((logits) => crossEntropy(logits as tf.Tensor2D, [1, 4, 0]), [randomTensor([3, 5], 1)]);
});
