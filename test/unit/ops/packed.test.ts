import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { type PackedMatrix, disposePacked } from '../../../src/ops/packed/matrix';
import { onDevice } from '../../../src/ops/packed/on-device';
import { packedLinear, packedRows, unpack } from '../../../src/ops/packed/packed';
import { heap } from '../../../src/ops/wasm-heap';
import { useWasm } from '../../support/backend';
import { expectClose } from '../../support/close';
import { expectGradients, randomTensor } from '../../support/gradient';
import { packedSchemes, randomPacked } from '../../support/packed';

beforeAll(useWasm);

const scheme = fc.constantFrom(...packedSchemes);
const rows = fc.integer({ min: 1, max: 40 });
const columns = fc.integer({ min: 1, max: 100 });

describe('a packed matrix', () => {
  test('is unpacked to the bit', async () => {
    await fc.assert(fc.asyncProperty(scheme, rows, columns, async (scheme, rows, columns) => {
      const { packed, matrix } = randomPacked(scheme, rows, columns);
      expect(await unpack(packed).array()).toEqual(await matrix.array());
    }));
  });

  test('gives its rows in any order and more than once', async () => {
    await fc.assert(fc.asyncProperty(scheme, rows, columns, fc.array(fc.nat(1000), { maxLength: 9 }), async (scheme, rows, columns, drawn) => {
      const { packed, matrix } = randomPacked(scheme, rows, columns);
      const indices = drawn.map((index) => index % rows);
      const all = await matrix.array();
      const picked = packedRows(packed, indices);
      expect(picked.shape).toEqual([indices.length, columns]);
      expect(await picked.array()).toEqual(indices.map((index) => all[index]));
    }));
  });

  test('has no row beyond its last', () => {
    const { packed } = randomPacked('int4', 3, 4);
    expect(() => packedRows(packed, [0, 3])).toThrow(/Row 3 of a matrix of 3 rows/);
  });

  test('multiplies few rows and many as what it stands for does', async () => {
    await fc.assert(fc.asyncProperty(scheme, fc.integer({ min: 0, max: 20 }), rows, columns, async (scheme, n, rows, columns) => {
      const { packed, matrix } = randomPacked(scheme, rows, columns);
      const x = randomTensor<tf.Rank.R2>([n, columns], 'x', n);
      const product = packedLinear(x, packed);
      expect(product.shape).toEqual([n, rows]);
      if (n > 0) expectClose(await product.data(), await tf.matMul(x, matrix, false, true).data(), 1e-5);
    }));
  });

  test('gives a row the same bits among 2 to 4, and among 5 or more, and its gradient whatever is around it', async () => {
    const together = fc.constantFrom([2, 4], [3, 4], [5, 9], [7, 20]);
    await fc.assert(fc.asyncProperty(scheme, together, rows, columns, async (scheme, [few = 0, many = 0], rows, columns) => {
      const { packed } = randomPacked(scheme, rows, columns);
      const x = randomTensor<tf.Rank.R2>([many, columns], 'x');
      const whole = await packedLinear(x, packed).data();
      expect(await packedLinear(tf.slice(x, [0, 0], [few, columns]), packed).data()).toEqual(whole.slice(0, few * rows));
      const dy = randomTensor<tf.Rank.R2>([many, rows], 'dy');
      const back = await onDevice().multiplyBack(dy, packed).data();
      expect(await onDevice().multiplyBack(tf.slice(dy, [many - 1, 0], [1, rows]), packed).data()).toEqual(back.slice(-columns));
    }));
  });

  test('has a gradient for what it is multiplied by that agrees with finite differences', async () => {
    for (const scheme of packedSchemes) {
      for (const n of [3, 11]) {
        const { packed } = randomPacked(scheme, 7, 37);
        await expectGradients((x) => packedLinear(x as tf.Tensor2D, packed), [randomTensor([n, 37], n)]);
      }
    }
  });

  test('of many rows multiplies both ways as what it stands for does', async () => {
    const wide: PackedMatrix = { scheme: 'int4', rows: 1099, columns: 1251, words: scrambled(1099, 157, 0xffff_ffff), scales: scrambled(1099, 40, 0x3bff_2bff) };
    const x = randomTensor<tf.Rank.R2>([9, 1251], 'x');
    const whole = unpack(wide);
    expectClose(await packedLinear(x, wide).data(), await tf.matMul(x, whole, false, true).data(), 1e-4);
    const dy = randomTensor<tf.Rank.R2>([9, 1099], 'dy');
    const dx = tf.grad((input) => tf.sum(tf.mul(packedLinear(input as tf.Tensor2D, wide), dy)))(x);
    expectClose(await dx.data(), await tf.matMul(dy, whole).data(), 1e-4);
  });

  test('leaves nothing behind in a thousand products with their gradients', () => {
    const { packed } = randomPacked('int4', 64, 96);
    const x = randomTensor<tf.Rank.R2>([9, 96], 'x');
    const few = randomTensor<tf.Rank.R2>([1, 96], 'few');
    const work = (): void => tf.tidy(() => {
      tf.grad((input) => tf.sum(packedLinear(input as tf.Tensor2D, packed)))(x);
      packedLinear(few, packed);
      packedRows(packed, [1, 2]);
    });
    work();
    const tensors = tf.memory().numTensors;
    const bytes = heap().byteLength;
    for (let i = 0; i < 1000; i++) work();
    expect(tf.memory().numTensors).toBe(tensors);
    expect(heap().byteLength).toBe(bytes);
    disposePacked(packed);
    expect(tf.memory().numTensors).toBe(tensors - 2);
  });
});

/** Words without order of which only the bits of the mask are set; halves below 0x3c00 are below 1, below 0x2c00 below 1/16. */
function scrambled(rows: number, columns: number, mask: number): tf.Tensor2D {
  return tf.tensor2d(Int32Array.from({ length: rows * columns }, (_, i) => Math.imul(i + 1, 0x9e37_79b1) & mask), [rows, columns], 'int32');
}
