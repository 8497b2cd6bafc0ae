import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { matMul } from '../../../src/ops/matmul';
import { useWasm } from '../../support/backend';
import { expectClose } from '../../support/close';
import { randomTensor } from '../../support/gradient';

beforeAll(useWasm);
const size = fc.integer({ min: 1, max: 21 });

/** Three loops over matrices as they lie. */
function loops(a: number[][], b: number[][], transposeA: boolean, transposeB: boolean): number[][] {
  const turned = (x: number[][]): number[][] => (x[0] as number[]).map((_, column) => x.map((row) => row[column] as number));
  const columns = transposeB ? b : turned(b);
  return (transposeA ? turned(a) : a).map((row) => columns.map((column) => row.reduce((sum, x, l) => sum + x * (column[l] as number), 0)));
}

test('a product of batches is what loops give, transposed or not, also where all share a matrix', async () => {
  const batches = fc.constantFrom<[number, number]>([1, 1], [3, 3], [2, 1], [1, 2]);
  const anySize = fc.oneof(size, fc.integer({ min: 1, max: 40 }));
  await fc.assert(fc.asyncProperty(batches, anySize, size, anySize, fc.boolean(), fc.boolean(), async ([left, right], m, k, n, tA, tB) => {
    const a = randomTensor<tf.Rank.R3>([left, ...(tA ? [k, m] : [m, k])] as [number, number, number], 'a', m);
    const b = randomTensor<tf.Rank.R3>([right, ...(tB ? [n, k] : [k, n])] as [number, number, number], 'b', n);
    const [as, bs] = [await a.array(), await b.array()];
    const expected = Array.from({ length: Math.max(left, right) }, (_, i) => loops(as[i % left] as number[][], bs[i % right] as number[][], tA, tB));
    const product = tf.matMul(a, b, tA, tB);
    expect(product.shape).toEqual([Math.max(left, right), m, n]);
    expectClose(await product.data(), expected.flat(2), 1e-5);
  }), { numRuns: 100 });
});

test('a product of two matrices is what loops give', async () => {
  const [a, b] = [randomTensor<tf.Rank.R2>([5, 33], 'a'), randomTensor<tf.Rank.R2>([17, 33], 'b')];
  const product = tf.matMul(a, b, false, true);
  expect(product.shape).toEqual([5, 17]);
  expectClose(await product.data(), loops(await a.array(), await b.array(), false, true).flat(), 1e-5);
});

test('a product with an empty matrix stays the backend\'s business', async () => {
  expect(tf.matMul(tf.zeros([2, 0, 4]), tf.zeros([2, 4, 5])).shape).toEqual([2, 0, 5]);
});

test('batches keep their leading axes', async () => {
  const product = matMul(tf.ones<tf.Rank.R4>([2, 3, 4, 5]), tf.ones([2, 3, 5, 9]));
  expect(product.shape).toEqual([2, 3, 4, 9]);
  expect(new Set(await product.data())).toEqual(new Set([5]));
});

test('an entry is the same to the bit wherever its row and column stand', async () => {
  const a = randomTensor<tf.Rank.R3>([2, 7, 13], 'a');
  const b = randomTensor<tf.Rank.R3>([2, 13, 29], 'b');
  const whole = await matMul(a, b).array();
  const part = await matMul(tf.slice(a, [0, 2, 0], [2, 3, 13]), tf.slice(b, [0, 0, 6], [2, 13, 11])).array();
  expect(part).toEqual(whole.map((matrix) => matrix.slice(2, 5).map((row) => row.slice(6, 17))));
});
