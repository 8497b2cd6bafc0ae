/** Frozen weights on WebGPU: what the shaders fill, multiply and look up, against the host and the composed form. */
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { toFloat32 } from '../../../src/checkpoint/dtype';
import { type Device, openDevice } from '../../../src/device/device';
import { type StoredType, fill } from '../../../src/ops/filling/filling';
import { linear } from '../../../src/ops/linear/composed';
import type { Beside } from '../../../src/ops/linear/linear';
import { frozenHead } from '../../../src/ops/packed/head';
import { pack } from '../../../src/ops/packed/host';
import { type PackedMatrix, disposePacked, isPacked } from '../../../src/ops/packed/matrix';
import { packedLinear, packedRows, packedStack, unpack } from '../../../src/ops/packed/packed';
import { type AdapterKind, chooseKernelsFor } from '../../../src/ops/webgpu-pass';
import { expectClose } from '../../support/close';
import { expectGradients, randomTensor } from '../../support/gradient';
import { contents, fillBySlices, packedSchemes, randomNumbers, randomPacked, storedBytes } from '../../support/packed';

let device: Device;
beforeAll(async () => { device = await openDevice('webgpu'); });
afterEach(() => {
  chooseKernelsFor();
  vi.restoreAllMocks();
});

const dtypes: StoredType[] = ['F32', 'F16', 'BF16'];
/** One row, one column, odd, whole groups, and several workgroups. */
const shapes = [[1, 1], [1, 70], [9, 1], [5, 31], [7, 33], [4, 64], [131, 45]] as const;

// Shaders compile slowly on the software adapter.
describe('filling a weight on WebGPU', { timeout: 240_000 }, () => {
  test('gives its numbers as stored and transposed, however it is sliced', async () => {
    for (const dtype of dtypes) {
      for (const [rows, columns] of shapes) {
        const bytes = storedBytes(dtype, randomNumbers(rows * columns, rows, columns));
        const floats = toFloat32(dtype, bytes);
        const stored = await fillBySlices(fill(dtype, [rows, columns, 1], 'stored', 'f32'), bytes, dtype, columns, 3) as tf.Tensor;
        expect(stored.shape).toEqual([rows, columns, 1]);
        expect(await stored.data(), `${dtype} ${rows} x ${columns}`).toEqual(floats);
        const transposed = await fillBySlices(fill(dtype, [rows, columns], 'transposed', 'f32'), bytes, dtype, columns, 4) as tf.Tensor;
        expect(transposed.shape).toEqual([columns, rows]);
        expect(await transposed.data()).toEqual(Float32Array.from(floats, (_, i) => floats[i % rows * columns + Math.floor(i / rows)] as number));
      }
    }
    device.check();
  });

  test('packs halves to the bit, and codes that stand for the same numbers as the host\'s', async () => {
    for (const scheme of packedSchemes) {
      for (const [i, [rows, columns]] of shapes.entries()) {
        const dtype = dtypes[i % 3] as StoredType;
        const bytes = storedBytes(dtype, randomNumbers(rows * columns, rows, columns).map((x, at) => at % 5 === 0 ? x * 1e-4 : x));
        const weight = await fillBySlices(fill(dtype, [rows, columns], 'stored', scheme), bytes, dtype, columns, 4) as PackedMatrix;
        const host = pack(scheme, toFloat32(dtype, bytes), rows, columns);
        const [words, scales] = await contents(weight) as Int32Array[];
        const where = `${scheme} ${dtype} ${rows} x ${columns}`;
        // Scales and zeros come from sums and products alone; a code from a division, which may fall to either side of a tie.
        expect(scales ?? null, where).toEqual(host.scales);
        if (scheme === 'f16') expect(words, where).toEqual(host.words);
        else expectCodes(codesOf(scheme, words as Int32Array), codesOf(scheme, host.words), where);
      }
    }
    device.check();
  });

  test('packs what halves do not reach, what is tiny and what is all the same as the host does', async () => {
    const data = new Float32Array(4 * 40);
    data.set([1e6, -3e38, 65_519, 65_520], 0);
    data.set(randomNumbers(40, 'tiny').map((x) => x * 1e-6), 40);
    data.fill(0.123, 80, 120);
    data.set([2 ** -24, 2 ** -25, -(2 ** -26), 2 ** -14, 2 ** -14 - 2 ** -25], 120);
    for (const scheme of packedSchemes) {
      const weight = await fillBySlices(fill('F32', [4, 40], 'stored', scheme), storedBytes('F32', data), 'F32', 40, 4);
      const { words, scales } = pack(scheme, data, 4, 40);
      expect(await contents(weight), scheme).toEqual(scales ? [words, scales] : [words]);
    }
  });

  test('widens every half there is, infinities included', async () => {
    const halves = Uint16Array.from({ length: 0x10000 }, (_, bits) => bits);
    for (const dtype of ['F16', 'BF16'] as const) {
      const bytes = new Uint8Array(halves.slice().buffer);
      const weight = await fillBySlices(fill(dtype, [0x10000], 'stored', 'f32'), bytes, dtype, 1, 0x10000) as tf.Tensor;
      expect(await weight.data()).toEqual(toFloat32(dtype, bytes));
    }
  });

  test('takes slices that are larger than a portion', async () => {
    // 4.5 MB.
    const [rows, columns] = [1500, 1501];
    const bytes = new Uint8Array(Uint16Array.from({ length: rows * columns }, (_, i) => 0x3c00 + i % 1021).buffer);
    const floats = toFloat32('BF16', bytes);
    const weight = await fillBySlices(fill('BF16', [rows, columns], 'transposed', 'f32'), bytes, 'BF16', columns, rows) as tf.Tensor;
    const transposed = await weight.data();
    expect(transposed.every((x, i) => x === floats[i % rows * columns + Math.floor(i / rows)])).toBe(true);
  });

  test('leaves no tensor and no buffer in use, finished or given up', async () => {
    const bytes = storedBytes('BF16', randomNumbers(64 * 96, 'counted'));
    const used = (): unknown[] => [tf.memory().numTensors, tf.memory().numBytes, (tf.memory() as unknown as { numBytesInGPU: number }).numBytesInGPU];
    // What is recorded but not submitted holds its buffers.
    const settled = async (): Promise<unknown[]> => {
      const sum = tf.tidy(() => tf.add(tf.scalar(1), 1));
      await sum.data();
      sum.dispose();
      return used();
    };
    const before = await settled();
    for (const scheme of ['f32', ...packedSchemes] as const) {
      const weight = await fillBySlices(fill('BF16', [64, 96], 'transposed', scheme), bytes, 'BF16', 96, 10);
      if (isPacked(weight)) disposePacked(weight);
      else weight.dispose();
      const given = fill('BF16', [64, 96], 'stored', scheme);
      await given.write(bytes.slice(0, 96 * 2), 0);
      given.dispose();
    }
    expect(await settled()).toEqual(before);
  });

  test('that the device cannot bind is refused with its size and the limit', () => {
    const before = tf.memory().numBytes;
    for (const [layout, scheme] of [['stored', 'f32'], ['transposed', 'f32'], ['stored', 'f16']] as const) {
      expect(() => fill('BF16', [2 ** 17, 2 ** 17], layout, scheme)).toThrow(expect.objectContaining({
        code: 'device/limit', message: expect.stringMatching(/\[131072, 131072\].* \d+ bytes.*allows \d+/),
      }));
    }
    expect(tf.memory().numBytes).toBe(before);
    device.check();
  });
});

describe('a packed matrix on WebGPU', { timeout: 240_000 }, () => {
  test('is unpacked, and gives its rows, to the last bits', async () => {
    for (const scheme of packedSchemes) {
      for (const [rows, columns] of shapes) {
        const { packed, matrix } = randomPacked(scheme, rows, columns);
        const expected = await matrix.data();
        expectClose(await unpack(packed).data(), expected, 1e-6, `${scheme} ${rows} x ${columns}, entry`);
        const indices = [rows - 1, 0, rows >> 1, rows - 1];
        expectClose(await packedRows(packed, indices).data(), indices.flatMap((row) => [...expected.slice(row * columns, (row + 1) * columns)]), 1e-6);
      }
    }
    device.check();
  });

  test('is stacked upon others without losing a bit', async () => {
    for (const scheme of packedSchemes) {
      const parts = [[5, 70], [1, 70], [40, 70]].map(([rows, columns]) => randomPacked(scheme, rows as number, columns as number).packed);
      const whole = packedStack(parts as [PackedMatrix, PackedMatrix, PackedMatrix]);
      expect([whole.scheme, whole.rows, whole.columns]).toEqual([scheme, 46, 70]);
      const each = await Promise.all(parts.map(contents));
      const joined = (await contents(whole)).map((words) => [...words as Int32Array]);
      expect(joined).toEqual(joined.map((_, i) => each.flatMap((part) => [...part[i] as Int32Array])));
    }
  });

  test('takes its turn between operations of the library, with what they gave and for them', async () => {
    const { packed, matrix } = randomPacked('int8', 12, 40);
    const x = randomTensor<tf.Rank.R2>([3, 40], 'x');
    const chain = (product: (x: tf.Tensor2D) => tf.Tensor2D): tf.Tensor => tf.tidy(() => {
      let y = x;
      // More dispatches than the library records before it submits.
      for (let i = 0; i < 12; i++) y = tf.tanh(tf.concat2d([product(tf.mul(y, 0.5)), tf.zeros([3, 28])], 1));
      return y;
    });
    expectClose(await chain((y) => packedLinear(y, packed)).data(), await chain((y) => tf.matMul(y, matrix, false, true)).data(), 1e-5);
    device.check();
  });

  test('leaves no tensor behind in a hundred products', async () => {
    const { packed } = randomPacked('int4', 16, 40);
    const x = randomTensor<tf.Rank.R2>([2, 40], 'x');
    const work = async (): Promise<void> => {
      const [dx, y] = tf.tidy(() => [tf.grad((input) => tf.sum(packedLinear(input as tf.Tensor2D, packed)))(x), packedRows(packed, [1, 2])] as const);
      await Promise.all([dx.data(), y.data()]);
      tf.dispose([dx, y]);
    };
    await work();
    const { numTensors } = tf.memory();
    const allocated = (): number => (tf.memory() as unknown as { numBytesAllocatedInGPU: number }).numBytesAllocatedInGPU;
    await work();
    const before = allocated();
    for (let i = 0; i < 100; i++) await work();
    expect(tf.memory().numTensors).toBe(numTensors);
    // The pool may have given back what nobody wanted any more.
    expect(allocated()).toBeLessThanOrEqual(before);
  });
});

// Shapes of rows and columns of the matrix and rows of the other: single, odd, of fours, of whole groups, and more than a tile each way.
const products = [[1, 1, 1], [9, 3, 8], [7, 33, 3], [36, 64, 1], [36, 64, 7], [8, 36, 20], [70, 45, 67], [12, 32, 9]] as const;

describe.each<AdapterKind>(['hardware', 'software'])('products with a packed matrix by the kernels for %s', { timeout: 270_000 }, (kind) => {
  test.each(packedSchemes)('are those with what it stands for, and so are their gradients: %s', async (scheme) => {
    chooseKernelsFor(kind);
    for (const [i, [rows, columns, n]] of products.entries()) {
      const { packed, matrix } = randomPacked(scheme, rows, columns);
      const x = randomTensor<tf.Rank.R2>([n, columns], 'x');
      const bias = i % 2 === 0 ? randomTensor([rows], 'bias') : undefined;
      const residual = i % 3 === 0 ? randomTensor<tf.Rank.R2>([n, rows], 'residual') : undefined;
      const where = `${scheme} ${n} x ${columns} x ${rows}`;
      const product = packedLinear(x, packed, { bias, residual });
      expect(product.shape).toEqual([n, rows]);
      expectClose(await product.data(), await stock(x, matrix, { bias, residual }).data(), 1e-5, `${where}, entry`);
      const dy = randomTensor<tf.Rank.R2>([n, rows], 'dy');
      const dx = tf.grad((input) => packedLinear(input as tf.Tensor2D, packed, { bias, residual }))(x, dy);
      expectClose(await dx.data(), await tf.matMul(dy, matrix).data(), 1e-5, `${where}, gradient`);
    }
    device.check();
  });

  test('have gradients that agree with finite differences, of what is added as well', async () => {
    chooseKernelsFor(kind);
    const { packed } = randomPacked('int4', 7, 37);
    const inputs = [randomTensor([3, 37], 1), randomTensor([7], 2), randomTensor([3, 7], 3)];
    await expectGradients((x, bias, residual) => packedLinear(x as tf.Tensor2D, packed, { bias, residual: residual as tf.Tensor2D }), inputs);
  });

  test('take one dispatch each, whatever is added', () => {
    chooseKernelsFor(kind);
    const { packed } = randomPacked('int8', 12, 40);
    for (const n of [1, 8, 9]) {
      const [x, bias, residual] = [randomTensor<tf.Rank.R2>([n, 40], 'x'), randomTensor([12], 'bias'), randomTensor<tf.Rank.R2>([n, 12], 'residual')];
      const dispatches = vi.spyOn(GPUComputePassEncoder.prototype, 'dispatchWorkgroups');
      packedLinear(x, packed, { bias, residual }).dispose();
      expect(dispatches).toHaveBeenCalledTimes(1);
      dispatches.mockRestore();
    }
  });

  test('agree to the bit from run to run', async () => {
    chooseKernelsFor(kind);
    const { packed } = randomPacked('int4', 40, 70);
    for (const n of [1, 5, 20]) {
      const x = randomTensor<tf.Rank.R2>([n, 70], 'x');
      const run = async (): Promise<ArrayLike<number>[]> => {
        const dx = tf.grad((input) => tf.square(packedLinear(input as tf.Tensor2D, packed)))(x);
        return [await packedLinear(x, packed).data(), await dx.data()];
      };
      expect(await run()).toEqual(await run());
    }
  });

  test('give the scores of a range of a vocabulary, and their gradient', async () => {
    chooseKernelsFor(kind);
    const { packed, matrix } = randomPacked('int4', 50, 33);
    const head = frozenHead(packed);
    const hidden = randomTensor<tf.Rank.R2>([10, 33], 'hidden');
    const part = tf.slice2d(matrix, [20, 0], [17, 33]);
    expectClose(await head.scores(hidden, 20, 17).data(), await tf.matMul(hidden, part, false, true).data(), 1e-5);
    const dLogits = randomTensor<tf.Rank.R2>([10, 17], 'dLogits');
    expectClose(await head.back(dLogits, 20).data(), await tf.matMul(dLogits, part).data(), 1e-5);
  });
});

test('a product of no rows with a packed matrix is empty, with gradients of zero', async () => {
  const { packed } = randomPacked('f16', 4, 6);
  const inputs = [tf.zeros([0, 6]), randomTensor([4], 'bias'), tf.zeros([0, 4])];
  const f = (x: tf.Tensor, bias: tf.Tensor, residual: tf.Tensor): tf.Tensor => packedLinear(x as tf.Tensor2D, packed, { bias, residual: residual as tf.Tensor2D });
  expect(f(...inputs as [tf.Tensor, tf.Tensor, tf.Tensor]).shape).toEqual([0, 4]);
  const gradients = tf.grads(f as (...xs: tf.Tensor[]) => tf.Tensor)(inputs);
  expect(gradients.map(({ shape }) => shape)).toEqual([[0, 6], [4], [0, 4]]);
  expect(await gradients[1]?.array()).toEqual([0, 0, 0, 0]);
});

test('a product that the device cannot hold is refused before anything is allocated', () => {
  const { packed } = randomPacked('int4', 40, 6);
  const [few, many] = [randomTensor<tf.Rank.R2>([8, 6], 'few'), randomTensor<tf.Rank.R2>([20, 6], 'many')];
  vi.spyOn(GPUSupportedLimits.prototype, 'maxStorageBufferBindingSize', 'get').mockReturnValue(1024);
  const before = tf.memory().numBytes;
  for (const x of [few, many]) expect(() => packedLinear(x, packed)).toThrow(expect.objectContaining({ code: 'device/limit' }));
  expect(tf.memory().numBytes).toBe(before);
});

/** Of stock operations. */
function stock(x: tf.Tensor2D, matrix: tf.Tensor2D, { bias, residual }: Beside): tf.Tensor2D {
  return linear(x, tf.transpose(matrix), { bias, residual });
}

function codesOf(scheme: 'int8' | 'int4', words: Int32Array): number[] {
  const bits = scheme === 'int8' ? 8 : 4;
  return Array.from(words).flatMap((word) => Array.from({ length: 32 / bits }, (_, i) => (word >>> (i * bits)) & (2 ** bits - 1)));
}

/** Hardly any differs, and none by more than one. */
function expectCodes(actual: number[], expected: number[], where: string): void {
  const off = actual.map((code, i) => Math.abs(code - (expected[i] as number)));
  expect(Math.max(...off), where).toBeLessThanOrEqual(1);
  expect(off.filter((difference) => difference > 0).length, where).toBeLessThanOrEqual(actual.length / 1000);
}
