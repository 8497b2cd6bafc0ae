import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Branch, withBranches } from '../../../src/ops/linear/branches';
import { linear } from '../../../src/ops/linear/linear';
import { useWasm } from '../../support/backend';
import { expectClose } from '../../support/close';
import { expectGradients, randomTensor } from '../../support/gradient';

beforeAll(useWasm);
const size = fc.integer({ min: 1, max: 9 });

describe('low-rank branches of a linear layer', () => {
  test('add scale·(x·a)·b to their columns and nothing to others', async () => {
    await fc.assert(fc.asyncProperty(size, size, size, size, size, async (rows, inputs, rank, left, width) => {
      const [x, w] = [randomTensor<tf.Rank.R2>([rows, inputs], 'x'), randomTensor<tf.Rank.R2>([inputs, left + width + 3], 'w')];
      const branch: Branch = { a: randomTensor<tf.Rank.R2>([inputs, rank], 'a'), b: randomTensor<tf.Rank.R2>([rank, width], 'b'), from: left, scale: 0.5 };
      const correction = tf.mul(tf.matMul(tf.matMul(x, branch.a), branch.b), 0.5);
      const expected = tf.add(tf.matMul(x, w), tf.pad(correction, [[0, 0], [left, 3]]));
      expectClose(await withBranches(linear(x, w), x, [branch]).data(), Array.from(await expected.data()), 1e-5);
    }), { numRuns: 20 });
  });

  test('have gradients that agree with finite differences, for the layer, its input and both factors of each', async () => {
    const shapes: [number, number][] = [[3, 5], [5, 9], [5, 2], [2, 4], [5, 1], [1, 3]];
    await expectGradients((x, w, ...factors) => {
      const [a, b, c, d] = factors as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
      return withBranches(linear(x as tf.Tensor2D, w as tf.Tensor), x as tf.Tensor2D, [{ a, b, from: 0, scale: 2 }, { a: c, b: d, from: 6, scale: 0.5 }]);
    }, shapes.map((shape, i) => randomTensor<tf.Rank.R2>(shape, i)));
  });

  test('of no rows add nothing', () => {
    const y = tf.zeros<tf.Rank.R2>([0, 4]);
    const branch = { a: tf.ones<tf.Rank.R2>([3, 1]), b: tf.ones<tf.Rank.R2>([1, 4]), from: 0, scale: 1 };
    expect(withBranches(y, tf.zeros([0, 3]), [branch]).shape).toEqual([0, 4]);
  });
});
