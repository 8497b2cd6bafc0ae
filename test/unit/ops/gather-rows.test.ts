import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { gatherRows } from '../../../src/ops/gather-rows';
import { useWasm } from '../../support/backend';
import { expectClose } from '../../support/close';
import { expectGradients, randomTensor } from '../../support/gradient';

beforeAll(useWasm);
const cases = fc.integer({ min: 1, max: 12 }).chain((rows) => fc.tuple(
  fc.constant(rows), fc.integer({ min: 1, max: 6 }), fc.array(fc.integer({ min: 0, max: rows - 1 }), { minLength: 1, maxLength: 20 }),
));

test('rows come in the order of their indices', async () => {
  await fc.assert(fc.asyncProperty(cases, async ([rows, width, indices]) => {
    const table = randomTensor<tf.Rank.R2>([rows, width], 'table');
    const expected = await table.array();
    expect(await gatherRows(table, indices).array()).toEqual(indices.map((index) => expected[index]));
  }), { numRuns: 25 });
});

test('the gradient of a row is the sum over all places that it went to', async () => {
  await fc.assert(fc.asyncProperty(cases, async ([rows, width, indices]) => {
    const table = randomTensor<tf.Rank.R2>([rows, width], 'table');
    const dy = randomTensor<tf.Rank.R2>([indices.length, width], 'dy');
    const expected = new Float64Array(rows * width);
    (await dy.array()).forEach((row, i) => row.forEach((value, column) => { expected[(indices[i] as number) * width + column]! += value; }));
    const gradient = tf.grad((x) => gatherRows(x as tf.Tensor2D, indices))(table, dy);
    expectClose(await gradient.data(), expected, 1e-5);
  }), { numRuns: 25 });
});

test('gathering has a gradient that agrees with finite differences', async () => {
  await expectGradients((table) => gatherRows(table as tf.Tensor2D, [2, 0, 2, 2, 3]), [randomTensor([4, 3], 1)]);
});
