import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { assemble } from '../../../scripts/build-kernels';
import { matMul } from '../../../src/ops/matmul';
import { useWasm } from '../../support/backend';
import { expectClose } from '../../support/close';
import { randomTensor } from '../../support/gradient';

beforeAll(useWasm);
const size = fc.integer({ min: 1, max: 21 });

test('a product of batches is what loops give, whether it is narrower than a tile, fits it or sticks out', async () => {
  await fc.assert(fc.asyncProperty(fc.integer({ min: 1, max: 3 }), size, size, fc.integer({ min: 1, max: 40 }), async (batch, m, k, n) => {
    const a = randomTensor<tf.Rank.R3>([batch, m, k], 'a', m);
    const b = randomTensor<tf.Rank.R3>([batch, k, n], 'b', n);
    const right = await b.array();
    const expected = (await a.array()).flatMap((matrix, i) => matrix.flatMap((row) =>
      Array.from({ length: n }, (_, column) => row.reduce((sum, x, inner) => sum + x * (right[i]?.[inner]?.[column] as number), 0))));
    const product = matMul(a, b);
    expect(product.shape).toEqual([batch, m, n]);
    expectClose(await product.data(), expected, 1e-5);
  }), { numRuns: 60 });
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

test('the binaries are what their source assembles to', async () => {
  for (const [file, bytes] of await assemble()) {
    const kept = readFileSync(new URL(`../../../src/ops/batched-matmul/${file}`, import.meta.url));
    expect(Buffer.from(bytes).equals(kept), `${file}: run npx tsx scripts/build-kernels.ts`).toBe(true);
  }
});
