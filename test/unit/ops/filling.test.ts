import * as tf from '@tensorflow/tfjs';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { toFloat32 } from '../../../src/checkpoint/dtype';
import { type Filling, type StoredType, fill } from '../../../src/ops/filling/filling';
import { pack } from '../../../src/ops/packed/host';
import { disposePacked, isPacked, packedBytes } from '../../../src/ops/packed/matrix';
import { heap } from '../../../src/ops/wasm-heap';
import { useWasm } from '../../support/backend';
import { contents, fillBySlices, packedSchemes, randomNumbers, storedBytes } from '../../support/packed';

beforeAll(useWasm);

const dtypes: StoredType[] = ['F32', 'F16', 'BF16'];
const dtype = fc.constantFrom(...dtypes);
const rows = fc.integer({ min: 1, max: 75 });
const columns = fc.integer({ min: 1, max: 75 });

describe('filling a weight', () => {
  test('as stored gives its numbers in their shape, however it is sliced', async () => {
    await fc.assert(fc.asyncProperty(dtype, rows, columns, rows, async (dtype, rows, columns, slice) => {
      const bytes = storedBytes(dtype, randomNumbers(rows * columns * 2, rows));
      const weight = await fillBySlices(fill(dtype, [rows, columns, 2], 'stored', 'f32'), bytes, dtype, 2 * columns, slice) as tf.Tensor;
      expect(weight.shape).toEqual([rows, columns, 2]);
      expect(await weight.data()).toEqual(toFloat32(dtype, bytes));
    }));
  });

  test('transposed gives the numbers of [out, in] as [in, out], a convolution as one row an output', async () => {
    await fc.assert(fc.asyncProperty(dtype, rows, columns, rows, async (dtype, rows, columns, slice) => {
      const bytes = storedBytes(dtype, randomNumbers(rows * columns * 3, rows));
      const weight = await fillBySlices(fill(dtype, [rows, 3, columns, 1], 'transposed', 'f32'), bytes, dtype, 3 * columns, slice) as tf.Tensor2D;
      expect(weight.shape).toEqual([3 * columns, rows]);
      const straight = tf.tensor2d(toFloat32(dtype, bytes), [rows, 3 * columns]);
      expect(await weight.array()).toEqual(await tf.transpose(straight).array());
    }));
  });

  test('packed gives the words and scales that the host packs', async () => {
    await fc.assert(fc.asyncProperty(fc.constantFrom(...packedSchemes), dtype, rows, columns, rows, async (scheme, dtype, rows, columns, slice) => {
      const bytes = storedBytes(dtype, randomNumbers(rows * columns, rows));
      const weight = await fillBySlices(fill(dtype, [rows, columns], 'transposed', scheme), bytes, dtype, columns, slice);
      expect(weight).toMatchObject({ scheme, rows, columns });
      const { words, scales } = pack(scheme, toFloat32(dtype, bytes), rows, columns);
      expect(await contents(weight)).toEqual(scales ? [words, scales] : [words]);
    }), { numRuns: 200 });
  });

  test('packs what halves do not reach, what is tiny and what is all the same as the host does', async () => {
    const data = new Float32Array(4 * 40);
    data.set([1e6, -3e38, Infinity, 65_519, 65_520], 0);
    data.set(randomNumbers(40, 'tiny').map((x) => x * 1e-6), 40);
    data.fill(0.123, 80, 120);
    data.set([2 ** -24, 2 ** -25, -(2 ** -26), 1e-40, 2 ** -14, 2 ** -14 - 2 ** -25], 120);
    for (const scheme of packedSchemes) {
      const weight = await fillBySlices(fill('F32', [4, 40], 'stored', scheme), storedBytes('F32', data), 'F32', 40, 2);
      const { words, scales } = pack(scheme, data, 4, 40);
      expect(await contents(weight), scheme).toEqual(scales ? [words, scales] : [words]);
    }
  });

  test('widens every half there is, infinities and NaN included', async () => {
    const halves = Uint16Array.from({ length: 0x10000 }, (_, bits) => bits);
    for (const dtype of ['F16', 'BF16'] as const) {
      const bytes = new Uint8Array(halves.slice().buffer);
      const weight = await fillBySlices(fill(dtype, [0x10000], 'stored', 'f32'), bytes, dtype, 1, 0x10000) as tf.Tensor;
      expect(await weight.data()).toEqual(toFloat32(dtype, bytes));
    }
  });

  test('takes slices that are larger than a portion', async () => {
    const [rows, columns] = [120, 900];
    const bytes = storedBytes('BF16', randomNumbers(rows * columns, 'large'));
    const floats = toFloat32('BF16', bytes);
    const stored = await fillBySlices(fill('BF16', [rows, columns], 'stored', 'f32'), bytes, 'BF16', columns, 119) as tf.Tensor2D;
    expect(await stored.data()).toEqual(floats);
    const transposed = await fillBySlices(fill('BF16', [rows, columns], 'transposed', 'f32'), bytes, 'BF16', columns, 119) as tf.Tensor2D;
    expect(await transposed.data()).toEqual(await tf.transpose(stored).data());
    const { words, scales } = pack('int4', floats, rows, columns);
    expect(await contents(await fillBySlices(fill('BF16', [rows, columns], 'stored', 'int4'), bytes, 'BF16', columns, 119))).toEqual([words, scales]);
  });

  test('counts as what is left of it, and leaves nothing when it is disposed of or given up', async () => {
    const bytes = storedBytes('BF16', randomNumbers(64 * 96, 'counted'));
    const before = tf.memory();
    const packed = await fillBySlices(fill('BF16', [64, 96], 'stored', 'int8'), bytes, 'BF16', 96, 10);
    expect(tf.memory().numBytes - before.numBytes).toBe(packedBytes('int8', 64, 96));
    if (isPacked(packed)) disposePacked(packed);
    const tensor = await fillBySlices(fill('BF16', [64, 96], 'transposed', 'f32'), bytes, 'BF16', 96, 10) as tf.Tensor;
    expect(tf.memory().numBytes - before.numBytes).toBe(4 * 64 * 96);
    tensor.dispose();
    const filling = fill('BF16', [64, 96], 'stored', 'int4');
    await filling.write(bytes.slice(0, 96 * 2), 0);
    filling.dispose();
    expect(tf.memory()).toMatchObject({ numTensors: before.numTensors, numBytes: before.numBytes });
  });

  test('does not let the memory grow when the same weights come and go', async () => {
    const bytes = storedBytes('BF16', randomNumbers(256 * 256, 'again'));
    const comeAndGo = async (): Promise<void> => {
      for (const scheme of packedSchemes) {
        const weight = await fillBySlices(fill('BF16', [256, 256], 'stored', scheme), bytes, 'BF16', 256, 256);
        if (isPacked(weight)) disposePacked(weight);
      }
      (await fillBySlices(fill('BF16', [256, 256], 'transposed', 'f32'), bytes, 'BF16', 256, 256) as tf.Tensor).dispose();
      const given = fill('F16', [256, 256], 'transposed', 'f32');
      given.dispose();
    };
    await comeAndGo();
    const size = heap().byteLength;
    const data = (tf.backend() as BackendWasm).numDataIds();
    for (let i = 0; i < 300; i++) await comeAndGo();
    expect(heap().byteLength).toBe(size);
    expect((tf.backend() as BackendWasm).numDataIds()).toBe(data);
  });

  test('that the memory cannot hold is refused with its size, and the backend goes on', () => {
    const refused = (bytes: number) => expect.objectContaining({ code: 'device/limit', message: expect.stringContaining(`${bytes} bytes`) });
    for (const side of [2 ** 16, 2 ** 15, 23_171]) {
      expect(() => fill('BF16', [side, side], 'stored', 'f32')).toThrow(refused(4 * side * side));
    }
    // Three of nearly 2 GiB are one too many for 4.
    const almost = () => fill('F32', [2 ** 14, 2 ** 15 - 1], 'stored', 'f32');
    const held: Filling[] = [];
    expect(() => { for (let i = 0; i < 3; i++) held.push(almost()); }).toThrow(refused(2 ** 31 - 2 ** 16));
    for (const filling of held) filling.dispose();
    expect(tf.ones([3]).shape).toEqual([3]);
  });
});
