/** The loss of language modelling on WebGPU, for both kinds of adapter, against its composed form. */
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Device, openDevice } from '../../../src/device/device';
import * as composed from '../../../src/ops/cross-entropy/composed';
import { type Head, crossEntropy } from '../../../src/ops/cross-entropy/cross-entropy';
import { type AdapterKind, chooseKernelsFor } from '../../../src/ops/webgpu-pass';
import { stream } from '../../../src/random';
import { expectClose } from '../../support/close';
import { randomTensor } from '../../support/gradient';

let device: Device;
beforeAll(async () => { device = await openDevice('webgpu'); });
afterEach(() => { chooseKernelsFor(); });

/** So few logits at a time that ranges are as narrow as they get, 64 tokens. */
const FEW = 64;
const MANY = 1 << 20;

/** A table scores tokens by its rows, a weight by its columns; what is frozen is scored by a function. */
const heads: Record<string, (matrix: tf.Tensor2D) => Head> = {
  table: (table) => ({ table }),
  weight: (table) => ({ weight: tf.transpose(table) }),
  frozen: (table) => ({
    vocabulary: table.shape[0],
    scores: (hidden, first, width) => tf.matMul(hidden, tf.slice(table, [first, 0], [width, table.shape[1]]), false, true),
    back: (dLogits, first) => tf.matMul(dLogits, tf.slice(table, [first, 0], [dLogits.shape[1], table.shape[1]])),
  }),
};
/** One row; odd; whole fours; several ranges of which the last is narrow. */
const shapes = [[1, 1, 2], [5, 8, 64], [33, 6, 65], [7, 12, 204]] as const;

// By a head whose products are the library's: those of ours take long to compile, and have tests of their own.
describe.each<AdapterKind>(['software', 'hardware'])('for a %s adapter', { timeout: 240_000 }, (kind) => {
  test('the loss and its gradient are those of its composed form, however many tokens are scored at a time', async () => {
    for (const shape of shapes) {
      chooseKernelsFor(kind);
      for (const most of [FEW, MANY]) await expectAsComposed('frozen', shape, most);
    }
    device.check();
  });

  test('scores far apart, or far from zero, overflow nothing', async () => {
    chooseKernelsFor(kind);
    const hidden = tf.tensor2d([[1], [-1]]);
    const table = tf.tensor2d(Float32Array.from({ length: 70 }, (_, i) => 1000 + 10 * (i - 35)), [70, 1]);
    const loss = await crossEntropy(hidden, headOf('frozen', table), [69, 0], FEW).data();
    expectClose(loss, [Math.log1p(Math.exp(-10))], 1e-5);
  });

  test('gives the same bits twice', async () => {
    chooseKernelsFor(kind);
    const { hidden, table, labels } = inputsOf(9, 4, 80);
    const run = (): Promise<Float32Array[]> => lossAndGradients((h, t) => crossEntropy(h, headOf('frozen', t), labels, FEW), hidden, table);
    expect(await run()).toEqual(await run());
  });
});

test.each(['table', 'weight'])('by a %s, the gradient of the head is that of the composed form, too', async (name) => {
  for (const [shape, most] of [[[5, 8, 64], MANY], [[7, 12, 204], FEW], [[33, 6, 65], FEW]] as const) await expectAsComposed(name, shape, most);
  device.check();
}, 240_000);

test('takes more rows than there are workgroups one way', async () => {
  chooseKernelsFor('hardware');
  const rows = 66_000;
  const hidden = tf.zeros<tf.Rank.R2>([rows, 1]);
  const loss = await crossEntropy(hidden, headOf('frozen', tf.zeros([2, 1])), Array.from({ length: rows }, (_, i) => i % 2)).data();
  expectClose(loss, [Math.log(2)], 1e-5);
  device.check();
}, 240_000);

test('of one range takes a product, a look at it and a sum; then the gradient of what was kept and its products', () => {
  const { hidden, table, labels } = inputsOf(4, 8, 16);
  const dispatches = vi.spyOn(GPUComputePassEncoder.prototype, 'dispatchWorkgroups');
  tf.tidy(() => tf.grads((h, t) => crossEntropy(h as tf.Tensor2D, { table: t as tf.Tensor2D }, labels))([hidden, table], tf.scalar(1)));
  expect(dispatches).toHaveBeenCalledTimes(3 + 3);
  dispatches.mockClear();
  tf.tidy(() => tf.grad((h) => crossEntropy(h as tf.Tensor2D, { table }, labels))(hidden, tf.scalar(1)));
  expect(dispatches).toHaveBeenCalledTimes(3 + 2);
  dispatches.mockRestore();
});

test('leaves no tensor behind, whichever gradient is asked for', async () => {
  const { hidden, table, labels } = inputsOf(4, 8, 80);
  const { numTensors } = tf.memory();
  for (const most of [FEW, MANY]) {
    const loss = (h: tf.Tensor, t: tf.Tensor): tf.Scalar => crossEntropy(h as tf.Tensor2D, { table: t as tf.Tensor2D }, labels, most);
    tf.dispose([loss(hidden, table), tf.grad((h) => loss(h, table))(hidden), tf.grad((t) => loss(hidden, t))(table), tf.grads(loss)([hidden, table])]);
  }
  expect(tf.memory().numTensors).toBe(numTensors);
  device.check();
});

function headOf(name: string, table: tf.Tensor2D): Head {
  return (heads[name] as (table: tf.Tensor2D) => Head)(table);
}

async function expectAsComposed(name: string, [rows, width, vocabulary]: readonly [number, number, number], most: number): Promise<void> {
  const { hidden, table, labels } = inputsOf(rows, width, vocabulary);
  const ours = await lossAndGradients((h, t) => crossEntropy(h, headOf(name, t), labels, most), hidden, table);
  const theirs = await lossAndGradients((h, t) => composed.crossEntropy(tf.matMul(h, t, false, true), labels), hidden, table);
  // A frozen head gets no gradient.
  for (const [i, what] of ['loss', 'gradient of hidden', ...name === 'frozen' ? [] : ['gradient of the head']].entries()) {
    const where = `${name} ${rows} x ${width} x ${vocabulary}, ${most} at a time: ${what}, entry`;
    expectClose(ours[i] as Float32Array, theirs[i] as Float32Array, 1e-5, where);
  }
}

function inputsOf(rows: number, width: number, vocabulary: number): { hidden: tf.Tensor2D; table: tf.Tensor2D; labels: number[] } {
  const draw = stream('labels', rows);
  const labels = Array.from({ length: rows }, () => Math.floor(draw() * vocabulary));
  return { hidden: tf.mul(randomTensor<tf.Rank.R2>([rows, width], 'hidden'), 3), table: randomTensor([vocabulary, width], 'table'), labels };
}

async function lossAndGradients(
  of: (hidden: tf.Tensor2D, table: tf.Tensor2D) => tf.Scalar, hidden: tf.Tensor2D, table: tf.Tensor2D,
): Promise<Float32Array[]> {
  const all = tf.tidy(() => {
    const dy = tf.scalar(0.7);
    const loss = of(hidden, table);
    // A frozen head is on no path to the loss; the engine asks that every input is.
    const gradients = tf.grads((h, t) => tf.add(of(h as tf.Tensor2D, t as tf.Tensor2D), tf.mul(tf.sum(t as tf.Tensor2D), 0)))([hidden, table], dy);
    return [loss, ...gradients];
  });
  const data = await Promise.all(all.map((tensor) => tensor.data<'float32'>()));
  tf.dispose(all);
  return data as Float32Array[];
}
