import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, expect, test, vi } from 'vitest';
import * as composed from '../../../src/ops/gather-rows/composed';
import { gatherRows } from '../../../src/ops/gather-rows/gather-rows';
import { onWasm } from '../../../src/ops/gather-rows/wasm';
import { asTensor } from '../../../src/ops/tensor';
import { useWasm } from '../../support/backend';
import { expectClose } from '../../support/close';
import { cut } from '../../support/in-parts';
import { expectGradients, randomTensor } from '../../support/gradient';

beforeAll(useWasm);

vi.mock('../../../src/ops/wasm/threads', async (original) => (await import('../../support/in-parts')).threadsInParts(await original()));
const cases = fc.integer({ min: 1, max: 33 }).chain((rows) => fc.tuple(
  fc.constant(rows), fc.constantFrom(1, 3, 4, 5, 16, 17, 33, 65),
  fc.array(fc.integer({ min: 0, max: rows - 1 }), { minLength: 1, maxLength: 40 }),
));

test('rows come in the order of their indices', async () => {
  await fc.assert(fc.asyncProperty(cases, async ([rows, width, indices]) => {
    const table = randomTensor<tf.Rank.R2>([rows, width], 'table');
    const expected = await table.array();
    expect(await gatherRows(table, indices).array()).toEqual(indices.map((index) => expected[index]));
  }), { numRuns: 30 });
});

test('the gradient equals that of the composed form', async () => {
  await fc.assert(fc.asyncProperty(cases, async ([rows, width, indices]) => {
    const table = randomTensor<tf.Rank.R2>([rows, width], 'table');
    const dy = randomTensor<tf.Rank.R2>([indices.length, width], 'dy');
    const gradientOf = (f: typeof gatherRows) => tf.grad((x) => f(x as tf.Tensor2D, indices))(table, dy);
    expectClose(await gradientOf(gatherRows).data(), await gradientOf(composed.gatherRows).data(), 1e-5);
  }), { numRuns: 30 });
});

test('gathering has a gradient that agrees with finite differences', async () => {
  await expectGradients((table) => gatherRows(table as tf.Tensor2D, [2, 0, 2, 2, 3]), [randomTensor([4, 7], 1)]);
});

test('no indices gather no rows, and the gradient is zero even where memory held something', async () => {
  randomTensor([50, 5], 'left behind').dispose();
  const table = randomTensor<tf.Rank.R2>([50, 5], 'table');
  expect(gatherRows(table, []).shape).toEqual([0, 5]);
  const sums = asTensor(onWasm.sumByIndex(tf.zeros([0, 5]), new Int32Array(0), 50));
  expect([...await sums.data()]).toEqual(Array(250).fill(0));
});

test('sums are taken in the order of the rows', async () => {
  // Anything else than ((1e8 + 1) − 1e8) + 1 in 32 bits is not 1.
  const values = tf.tensor2d([[1e8], [1], [-1e8], [1]]);
  expect([...await asTensor(onWasm.sumByIndex(values, Int32Array.of(1, 1, 1, 1), 3)).data()]).toEqual([0, 1, 0]);
});

test('rows and columns that threads share out come to the same bits', async () => {
  const table = randomTensor<tf.Rank.R2>([7, 83], 'table');
  const indices = [3, 0, 3, 6, 3];
  const [whole, ...parts] = await cut(() => Promise.all(
    [gatherRows(table, indices), tf.grad((x) => gatherRows(x as tf.Tensor2D, indices))(table)].map((tensor) => tensor.data())));
  for (const some of parts) expect(some).toEqual(whole);
});
