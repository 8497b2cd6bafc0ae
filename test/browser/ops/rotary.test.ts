/** Rotary positions on WebGPU, against their composed form. */
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { type Device, openDevice } from '../../../src/device/device';
import type { Heads } from '../../../src/ops/attention/kernels';
import { rotary as composed } from '../../../src/ops/rotary/composed';
import type { Turns } from '../../../src/ops/rotary/kernels';
import { rotary, tableOf } from '../../../src/ops/rotary/rotary';
import { expectClose } from '../../support/close';
import { randomTensor } from '../../support/gradient';

let device: Device;
beforeAll(async () => { device = await openDevice('webgpu'); });

function turnsFor(positions: number[], headDim: number): Turns {
  const frequencies = Array.from({ length: headDim / 2 }, (_, i) => 1000 ** (-2 * i / headDim));
  return { ...tableOf(Math.max(0, ...positions) + 1, frequencies), positions: tf.tensor1d(positions, 'int32') };
}

function jointFor(rows: number, { heads, kvHeads, headDim }: Heads): tf.Tensor2D {
  return randomTensor<tf.Rank.R2>([rows, (heads + 2 * kvHeads) * headDim], 'qkv', headDim);
}

async function valuesAndGradient(form: typeof rotary, qkv: tf.Tensor2D, turns: Turns, heads: Heads): Promise<Float32Array[]> {
  const turned = form(qkv, turns, heads);
  const dQkv = tf.grad((x) => form(x as tf.Tensor2D, turns, heads))(qkv, randomTensor<tf.Rank.R2>(turned.shape, 'dOut'));
  return await Promise.all([turned.data<'float32'>(), dQkv.data<'float32'>()]) as Float32Array[];
}

test('a row is turned by its position and its gradient back, as composed, in heads of every size', async () => {
  for (const headDim of [2, 6, 8, 64, 80]) {
    for (const [rows, heads, kvHeads] of [[1, 1, 1], [7, 4, 2], [33, 3, 1]] as const) {
      const shape = { heads, kvHeads, headDim };
      const qkv = jointFor(rows, shape);
      const turns = turnsFor(Array.from({ length: rows }, (_, row) => (row * 37) % 301), headDim);
      const [turned = [], gradient = []] = await valuesAndGradient(rotary, qkv, turns, shape);
      const [expected = [], expectedGradient = []] = await valuesAndGradient(composed, qkv, turns, shape);
      expectClose(turned, expected, 1e-5, `${rows} rows of heads of ${headDim}: entry`);
      expectClose(gradient, expectedGradient, 1e-5, `${rows} rows of heads of ${headDim}: gradient`);
    }
  }
  device.check();
});

test('position 0 is left as it is, and values are everywhere, to the bit', async () => {
  const shape = { heads: 2, kvHeads: 1, headDim: 6 };
  const qkv = jointFor(2, shape);
  const turned = await rotary(qkv, turnsFor([0, 5], 6), shape).data();
  const numbers = await qkv.data();
  expect(turned.subarray(0, 24)).toEqual(numbers.subarray(0, 24));
  expect(turned.subarray(24 + 18)).toEqual(numbers.subarray(24 + 18));
});

test('more rows than fit along one side of a dispatch are turned', async () => {
  const shape = { heads: 1, kvHeads: 1, headDim: 2 };
  const rows = 65_536 * 64 / 3 + 1 | 0;
  const qkv = tf.tensor2d(new Float32Array(rows * 6).fill(1), [rows, 6]);
  const turns = { ...tableOf(2, [1]), positions: tf.ones([rows], 'int32') as tf.Tensor1D };
  const turned = await rotary(qkv, turns, shape).data();
  const [a, b] = [Math.cos(1) - Math.sin(1), Math.cos(1) + Math.sin(1)];
  expectClose(turned.subarray((rows - 1) * 6), [a, b, a, b, 1, 1], 1e-6);
  device.check();
});

test('an empty batch stays empty, and nothing is left behind', async () => {
  const shape = { heads: 2, kvHeads: 1, headDim: 6 };
  for (const rows of [0, 3]) {
    const qkv = jointFor(rows, shape);
    const turns = turnsFor(Array.from({ length: rows }, (_, row) => row), 6);
    const before = tf.memory().numTensors;
    const gradient = tf.grad((x) => rotary(x as tf.Tensor2D, turns, shape))(qkv);
    expect((await gradient.data()).length).toBe(rows * 24);
    gradient.dispose();
    expect(tf.memory().numTensors).toBe(before);
  }
});
