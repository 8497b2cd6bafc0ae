import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Side } from '../../../src/ops/linear/kernels';
import { productBack } from '../../../src/ops/linear/product';
import { onWasm } from '../../../src/ops/linear/wasm';
import { asTensor } from '../../../src/ops/tensor';
import { useWasm } from '../../support/backend';
import { expectClose } from '../../support/close';
import { randomTensor } from '../../support/gradient';

beforeAll(useWasm);

/** Sizes around the kernel's tiles (4 and 8), its blocks (128) and its depth (256). */
const size = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 40 }) },
  { weight: 1, arbitrary: fc.constantFrom(127, 128, 129, 200) },
);
const depth = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 40 }) },
  { weight: 1, arbitrary: fc.constantFrom(255, 256, 257, 520) },
);

/** A matrix of the given size inside a tensor that is larger than it. */
interface Lying {
  side: Side;
  at(row: number, column: number): number;
}

async function lying(rows: number, columns: number, transposed: boolean, margin: number, offset: number, key: string): Promise<Lying> {
  const [height, width] = transposed ? [columns, rows] : [rows, columns];
  const stride = width + margin;
  const data = randomTensor<tf.Rank.R1>([offset + height * stride], key, rows, columns);
  const numbers = await data.data();
  return {
    side: { data, offset, stride, transposed },
    at: (row, column) => numbers[offset + (transposed ? column * stride + row : row * stride + column)] as number,
  };
}

describe('a product', () => {
  const layout = fc.record({
    transposedA: fc.boolean(), transposedB: fc.boolean(), margin: fc.nat(3), offset: fc.nat(3),
    bias: fc.boolean(), residual: fc.boolean(), adds: fc.boolean(),
  });

  test('is what three loops give, however its sides lie and whatever is added', async () => {
    await fc.assert(fc.asyncProperty(size, depth, size, layout, async (m, k, n, how) => {
      const a = await lying(m, k, how.transposedA, how.margin, how.offset, 'a');
      const b = await lying(k, n, how.transposedB, how.margin, how.offset, 'b');
      const c = await lying(m, n, false, how.margin, how.offset, 'c');
      const bias = randomTensor<tf.Rank.R1>([n], 'bias');
      const residual = randomTensor<tf.Rank.R2>([m, n], 'residual');
      const [biases, residuals] = await Promise.all([bias.data(), residual.data()]);
      const before = await (c.side.data as tf.Tensor).data();
      onWasm.multiply({
        a: a.side, b: b.side, c: c.side, m, k, n, adds: how.adds,
        ...(how.bias ? { bias } : {}), ...(how.residual ? { residual } : {}),
      });
      const after = await (c.side.data as tf.Tensor).data();
      const expected = before.slice();
      for (let i = 0; i < m; i++) {
        for (let j = 0; j < n; j++) {
          let sum = how.adds ? c.at(i, j) : 0;
          if (how.bias) sum += biases[j] as number;
          if (how.residual) sum += residuals[i * n + j] as number;
          for (let l = 0; l < k; l++) sum += a.at(i, l) * b.at(l, j);
          expected[how.offset + i * c.side.stride + j] = sum;
        }
      }
      // A sum of k products in 32 bits is off by more the longer it is, however small what it comes to.
      expectClose(after, expected, 1e-5 + 1e-7 * k);
    }), { numRuns: 150 });
  });

  test('of some rows is to the bit what it is among others, however its sides lie and whatever is added', async () => {
    await fc.assert(fc.asyncProperty(
      fc.integer({ min: 1, max: 9 }), fc.nat(14), depth, size, layout, async (count, from, k, n, how) => {
        const m = 23;
        const a = await lying(m, k, how.transposedA, how.margin, how.offset, 'a');
        const b = await lying(k, n, how.transposedB, how.margin, how.offset, 'b');
        const bias = randomTensor<tf.Rank.R1>([n], 'bias');
        const residual = randomTensor<tf.Rank.R2>([m, n], 'residual');
        const before = await randomTensor<tf.Rank.R2>([m, n], 'before').data<'float32'>() as Float32Array;
        const rows = (first: number, height: number): Promise<Float32Array> => {
          const { offset = 0, stride } = a.side;
          const c = tf.tensor2d(before.slice(first * n, (first + height) * n), [height, n]);
          onWasm.multiply({
            a: { ...a.side, offset: offset + first * (how.transposedA ? 1 : stride) }, b: b.side, c: { data: c, stride: n },
            m: height, k, n, adds: how.adds,
            ...(how.bias ? { bias } : {}), ...(how.residual ? { residual: tf.slice(residual, [first, 0], [height, n]) } : {}),
          });
          return c.data<'float32'>() as Promise<Float32Array>;
        };
        const alone = await rows(from, count);
        expect(alone).toEqual((await rows(0, m)).slice(from * n, (from + count) * n));
      },
    ), { numRuns: 150 });
  });

  test('by the rows of a large matrix is to the bit the same for one row and for many', async () => {
    const [m, k, n] = [9, 1090, 1027];
    const table = randomTensor<tf.Rank.R2>([n, k], 'table');
    const x = randomTensor<tf.Rank.R2>([m, k], 'x');
    const whole = await productBack(x, table).data();
    for (let row = 0; row < m; row++) {
      expect(await productBack(tf.slice(x, [row, 0], [1, k]), table).data()).toEqual(whole.slice(row * n, (row + 1) * n));
    }
  });
});

test('a gated product of some rows is to the bit what it is among others', async () => {
  await fc.assert(fc.asyncProperty(fc.integer({ min: 1, max: 9 }), depth, size, async (count, k, n) => {
    const x = randomTensor<tf.Rank.R2>([17, k], 'x');
    const weight = randomTensor<tf.Rank.R2>([k, 2 * n], 'w');
    const whole = onWasm.multiplyGated(x, weight);
    const alone = onWasm.multiplyGated(tf.slice(x, [3, 0], [count, k]), weight);
    const some = (all: tf.TensorInfo): tf.Tensor => tf.slice(asTensor<tf.Tensor2D>(all), [3, 0], [count, -1]);
    expect(await asTensor(alone.gates).data()).toEqual(await some(whole.gates).data());
    expect(await asTensor(alone.out).data()).toEqual(await some(whole.out).data());
  }), { numRuns: 40 });
});

test('a gated product keeps the gates and gives silu of the first half times the second', async () => {
  await fc.assert(fc.asyncProperty(size, depth, size, async (m, k, n) => {
    const x = randomTensor<tf.Rank.R2>([m, k], 'x');
    const weight = randomTensor<tf.Rank.R2>([k, 2 * n], 'w');
    const { gates, out } = onWasm.multiplyGated(x, weight);
    const [both, gated] = [asTensor<tf.Tensor2D>(gates), asTensor(out)];
    expectClose(await both.data(), await tf.matMul(x, weight).data(), 1e-5, 'gate');
    // From these very gates: what two products differ by in one half is multiplied by the other.
    const [gate, up] = await Promise.all(tf.split(both, 2, 1).map((half) => half.data())) as [Float32Array, Float32Array];
    expect(gated.shape).toEqual([m, n]);
    expectClose(await gated.data(), gate.map((x, i) => x / (1 + Math.exp(-x)) * (up[i] as number)), 1e-5);
  }), { numRuns: 40 });
});

test('the sum over rows is that of a loop, in order', async () => {
  await fc.assert(fc.asyncProperty(size, fc.oneof(size, fc.constantFrom(511, 513)), async (m, n) => {
    const x = randomTensor<tf.Rank.R2>([m, n], m, n);
    const sums = new Float32Array(n);
    (await x.data()).forEach((value, at) => { sums[at % n] = Math.fround((sums[at % n] as number) + value); });
    expect(await asTensor(onWasm.sumRows(x)).data()).toEqual(sums);
  }), { numRuns: 30 });
});
