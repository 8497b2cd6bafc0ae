/** Linear maps on WebGPU, by the kernels for either kind of adapter, against stock operations and plain loops. */
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Device, openDevice } from '../../../src/device/device';
import * as composed from '../../../src/ops/linear/composed';
import type { Product, Side } from '../../../src/ops/linear/kernels';
import { type Beside, gated, linear } from '../../../src/ops/linear/linear';
import { onWebGpu } from '../../../src/ops/linear/webgpu';
import { type AdapterKind, chooseKernelsFor } from '../../../src/ops/webgpu-pass';
import { expectClose } from '../../support/close';
import { randomTensor } from '../../support/gradient';

let device: Device;
beforeAll(async () => { device = await openDevice('webgpu'); });
afterEach(() => {
  chooseKernelsFor();
  vi.restoreAllMocks();
});

type Inputs = (tf.Tensor | undefined)[];
type Map = (x: tf.Tensor2D, weight: tf.Tensor, bias?: tf.Tensor, residual?: tf.Tensor2D) => tf.Tensor2D;

const beside = (bias?: tf.Tensor, residual?: tf.Tensor2D): Beside => ({ ...(bias && { bias }), ...(residual && { residual }) });
const ours: Map = (x, weight, bias, residual) => linear(x, weight, beside(bias, residual));
const stock: Map = (x, weight, bias, residual) => composed.linear(x, weight, beside(bias, residual));

/** Rows, inputs, outputs: single, odd, of fours, for few rows and for many, and more than a tile each way. */
const shapes = [[1, 1, 1], [3, 17, 5], [5, 300, 20], [8, 12, 36], [17, 33, 65], [66, 20, 72], [129, 7, 3]] as const;

// Shaders compile slowly on the software adapter.
describe.each<AdapterKind>(['hardware', 'software'])('with the kernels for %s', { timeout: 270_000 }, (kind) => {
  test('a linear map and its gradients are those of stock operations', async () => {
    chooseKernelsFor(kind);
    for (const [i, [rows, inputs, outputs]] of shapes.entries()) {
      const x = randomTensor([rows, inputs], 'x');
      const weight = randomTensor([inputs, outputs], 'weight');
      const bias = i % 2 === 0 ? randomTensor([outputs], 'bias') : undefined;
      const residual = i % 3 === 0 ? randomTensor([rows, outputs], 'residual') : undefined;
      await expectSame(ours, stock, [x, weight, bias, residual], `${rows} x ${inputs} x ${outputs}`);
    }
    device.check();
  });

  test('a gated map and its gradients are those of stock operations', async () => {
    chooseKernelsFor(kind);
    for (const [rows, inputs, outputs] of shapes) {
      const tensors = [randomTensor([rows, inputs], 'x'), randomTensor([inputs, 2 * outputs], 'weight')];
      await expectSame(gated, composed.gated, tensors, `${rows} x ${inputs} x ${outputs}`);
    }
    device.check();
  });

  test('gates far from zero saturate', async () => {
    chooseKernelsFor(kind);
    const weight = tf.tensor2d([[1, 0], [0, 1]]);
    const y = gated(tf.tensor2d([[200, 3], [-200, 3], [0, 3], [-20, 1]]), weight);
    expectClose(await y.data(), [600, 0, 0, -20 / (1 + Math.exp(20))], 1e-6);
  });

  test('a product takes its matrices from anywhere, either way round, and adds to what is there', async () => {
    chooseKernelsFor(kind);
    for (const [m, k, n] of [[5, 9, 6], [8, 12, 16], [18, 20, 24]] as const) {
      for (const [transposedA, transposedB] of [[false, false], [false, true], [true, false], [true, true]] as const) {
        // With gaps of fours there is reading by fours, else not.
        const gap = m === 5 ? 3 : 4;
        const a = await placed(transposedA ? [k, m] : [m, k], gap, 'a', transposedA);
        const b = await placed(transposedB ? [n, k] : [k, n], gap, 'b', transposedB);
        const c = await placed([m, n], gap, 'c', false);
        const before = await asTensor(c).data();
        onWebGpu.multiply({ a, b, c, m, k, n, adds: true });
        const where = `${m} x ${k} x ${n} ${transposedA} ${transposedB}, entry`;
        expectClose(await asTensor(c).data(), await onHost({ a, b, c, m, k, n }, before), 1e-5, where);
      }
    }
    device.check();
  });

  test('rows are summed', async () => {
    chooseKernelsFor(kind);
    for (const shape of [[1, 1], [3, 70], [40, 17]] as const) {
      const x = randomTensor<tf.Rank.R2>([...shape], 'x');
      expectClose(await asTensor({ data: onWebGpu.sumRows(x) }).data(), await tf.sum(x, 0).data(), 1e-5);
    }
  });

  test('two runs agree to the bit', async () => {
    chooseKernelsFor(kind);
    const tensors = [randomTensor([40, 33], 'x'), randomTensor([33, 20], 'weight'), randomTensor([20], 'bias')];
    const [first, second] = [await valuesAndGradients(ours, tensors), await valuesAndGradients(ours, tensors)];
    expect(second).toEqual(first);
    const few = [randomTensor([2, 33], 'x'), randomTensor([33, 20], 'weight')];
    expect(await valuesAndGradients(gated, few)).toEqual(await valuesAndGradients(gated, few));
  });
});

describe('a linear map on WebGPU', { timeout: 120_000 }, () => {
  test('without rows is empty, with gradients of zero', async () => {
    const tensors = [tf.tensor2d([], [0, 3]), randomTensor([3, 4], 'weight'), randomTensor([4], 'bias'), tf.tensor2d([], [0, 4])];
    expect(await valuesAndGradients(ours, tensors)).toEqual([
      new Float32Array(0), new Float32Array(0), new Float32Array(12), new Float32Array(4), new Float32Array(0),
    ]);
    expect(await valuesAndGradients(gated, tensors.slice(0, 2))).toEqual([new Float32Array(0), new Float32Array(0), new Float32Array(12)]);
    expect(ours(...tensors as Parameters<Map>).shape).toEqual([0, 4]);
    expect(gated(tensors[0] as tf.Tensor2D, tensors[1] as tf.Tensor).shape).toEqual([0, 2]);
  });

  test('is one product, and a frozen weight costs none on the way back', () => {
    const multiply = vi.spyOn(onWebGpu, 'multiply');
    const sumRows = vi.spyOn(onWebGpu, 'sumRows');
    const [x, weight, bias, residual] = [[6, 8], [8, 4], [4], [6, 4]].map((shape) => randomTensor(shape as [number, number], 'once'));
    tf.tidy(() => ours(x as tf.Tensor2D, weight as tf.Tensor, bias, residual as tf.Tensor2D));
    expect(multiply).toHaveBeenCalledTimes(1);
    tf.tidy(() => tf.grad((input) => ours(input as tf.Tensor2D, weight as tf.Tensor, bias, residual as tf.Tensor2D))(x as tf.Tensor));
    expect(multiply).toHaveBeenCalledTimes(3);
    expect(sumRows).not.toHaveBeenCalled();
  });

  test('leaves no tensor behind', async () => {
    const tensors = [randomTensor([6, 8], 'x'), randomTensor([8, 4], 'weight'), randomTensor([4], 'bias'), randomTensor([6, 4], 'residual')];
    await valuesAndGradients(ours, tensors);
    const before = tf.memory().numTensors;
    for (let i = 0; i < 5; i++) {
      await valuesAndGradients(ours, tensors);
      await valuesAndGradients(gated, tensors.slice(0, 2));
    }
    expect(tf.memory().numTensors).toBe(before);
  });

  test('that the device cannot hold is refused before anything is allocated', () => {
    const before = tf.memory().numBytes;
    const info = (...shape: number[]): tf.TensorInfo => ({ dataId: {}, shape, dtype: 'float32' });
    expect(() => onWebGpu.multiplyGated(info(2 ** 17, 4), info(4, 2 ** 18))).toThrow(expect.objectContaining({ code: 'device/limit' }));
    expect(tf.memory().numBytes).toBe(before);
  });
});

async function expectSame(actual: Map, expected: Map, tensors: Inputs, where: string): Promise<void> {
  const [a, e] = [await valuesAndGradients(actual, tensors), await valuesAndGradients(expected, tensors)];
  for (const [i, values] of a.entries()) expectClose(values, e[i] as Float32Array, 1e-5, `${where}, result ${i}, entry`);
}

/** Of a random projection, with respect to every input that is there. */
async function valuesAndGradients(map: Map, tensors: Inputs): Promise<Float32Array[]> {
  const given = tensors.filter((tensor) => tensor !== undefined);
  const call = (...inputs: tf.Tensor[]): tf.Tensor2D =>
    map(...tensors.map((tensor) => tensor && inputs[given.indexOf(tensor)]) as Parameters<Map>);
  const results = tf.tidy(() => {
    const y = call(...given);
    return [y, ...tf.grads(call)(given, randomTensor(y.shape, 'dy'))];
  });
  const values = await Promise.all(results.map((result) => result.data<'float32'>()));
  tf.dispose(results);
  return values as Float32Array[];
}

/** A random matrix with a gap before it and after every line. */
async function placed([lines, length]: [number, number], gap: number, key: string, transposed: boolean): Promise<Side> {
  const stride = length + gap;
  const data = randomTensor([gap + lines * stride], key);
  await data.data();
  return { data, offset: gap, stride, transposed };
}

function asTensor({ data }: Pick<Side, 'data'>): tf.Tensor {
  return tf.engine().makeTensorFromTensorInfo(data);
}

/** What C's tensor holds after a product is added to it. */
async function onHost({ a, b, c, m, k, n }: Product, before: ArrayLike<number>): Promise<number[]> {
  const [left, right] = await Promise.all([numbersOf(a), numbersOf(b)]);
  const after = Array.from(before);
  for (let row = 0; row < m; row++) {
    for (let column = 0; column < n; column++) {
      const at = (c.offset ?? 0) + row * c.stride + column;
      for (let i = 0; i < k; i++) after[at] = (after[at] as number) + left(row, i) * right(i, column);
    }
  }
  return after;
}

async function numbersOf(side: Side): Promise<(row: number, column: number) => number> {
  const data = await asTensor(side).data();
  const { offset = 0, stride, transposed } = side;
  return (row, column) => data[offset + (transposed ? column * stride + row : row * stride + column)] as number;
}
