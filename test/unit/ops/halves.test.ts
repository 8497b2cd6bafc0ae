import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { differentiable, remembering } from '../../../src/ops/differentiable';
import { onDevice } from '../../../src/ops/halves/on-device';
import { fromHalf, toHalf } from '../../../src/ops/packed/half';
import { asTensor } from '../../../src/ops/tensor';
import { useWasm } from '../../support/backend';

beforeAll(useWasm);

const thereAndBack = async (numbers: number[]): Promise<Float32Array> => {
  const halves = onDevice().toHalves(tf.tensor1d(numbers));
  return await asTensor(onDevice().fromHalves(halves, [numbers.length])).data<'float32'>() as Float32Array;
};

describe('floats remembered as halves', () => {
  test('come back as the nearest half, ties to even, none beyond the largest', async () => {
    const edges = [0, -0, 1, -1, 65504, 65519, 1e9, -1e9, Infinity, 2 ** -24, 2 ** -25, 2 ** -14, 2 ** -14 - 2 ** -25, 6.1e-5, 1e-30, 1 + 2 ** -11, 1 + 3 * 2 ** -11];
    expect([...await thereAndBack(edges)]).toEqual(edges.map((x) => fromHalf(toHalf(Math.fround(x)))));
    await fc.assert(fc.asyncProperty(fc.array(fc.float({ noNaN: true }), { minLength: 1, maxLength: 40 }), async (numbers) => {
      expect([...await thereAndBack(numbers)]).toEqual(numbers.map((x) => fromHalf(toHalf(x))));
    }));
  });

  test('serve a gradient, but for what is kept anyhow and what is small', async () => {
    const seen: tf.Tensor[] = [];
    const op = (x: tf.Tensor): tf.Tensor => differentiable([x], (save) => {
      save([x]);
      return tf.square(x);
    }, (dy, [kept]) => {
      seen.push(tf.keep(tf.add(kept as tf.Tensor, 0)));
      return [tf.mul(dy, kept as tf.Tensor)];
    });
    const third = 1 / 3;
    const gradientOf = (x: tf.Tensor): void => { remembering('f16', () => tf.grad((input) => op(input))(x)); };
    gradientOf(tf.fill([2000], third));
    gradientOf(tf.fill([10], third));
    gradientOf(tf.keep(tf.fill([2000], third)));
    const firsts = await Promise.all(seen.map(async (tensor) => (await tensor.data())[0]));
    expect(firsts).toEqual([fromHalf(toHalf(Math.fround(third))), Math.fround(third), Math.fround(third)]);
  });
});
