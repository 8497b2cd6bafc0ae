/** The loss with soft targets on WebGPU, for both kinds of adapter, against its composed form. */
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Device, openDevice } from '../../../src/device/device';
import { likeliest } from '../../../src/ops/soft-targets/likeliest';
import { distillationLoss } from '../../../src/ops/soft-targets/soft-targets';
import { type AdapterKind, chooseKernelsFor } from '../../../src/ops/webgpu-pass';
import { expectClose } from '../../support/close';
import { randomTensor } from '../../support/gradient';
import { expectAsComposed, headsBySort, softTargets } from '../../support/soft-targets';

let device: Device;
beforeAll(async () => { device = await openDevice('webgpu'); });
afterEach(() => { chooseKernelsFor(); });

/** So few logits at a time that ranges are as narrow as they get, 64 tokens. */
const FEW = 64;
const MANY = 1 << 20;

// By a head whose products are the library's: those of ours take long to compile, and have tests of their own.
describe.each<AdapterKind>(['software', 'hardware'])('for a %s adapter', { timeout: 240_000 }, (kind) => {
  test('the loss and its gradient are those of its composed form, however many tokens are scored at a time', async () => {
    // One row and one target; all of an odd vocabulary; several ranges, of which the last is narrow.
    for (const [shape, k, temperature] of [[[1, 1, 2], 1, 1], [[5, 6, 65], 65, 2], [[7, 12, 204], 5, 0.5]] as const) {
      chooseKernelsFor(kind);
      for (const most of [FEW, MANY]) await expectAsComposed('frozen', shape, k, temperature, most);
    }
    device.check();
  });
});

test('the gradient of the head is that of the composed form, too', async () => {
  await expectAsComposed('table', [7, 12, 204], 5, 2, FEW);
  device.check();
}, 240_000);

test('leaves no tensor behind', async () => {
  const [hidden, table] = [randomTensor<tf.Rank.R2>([4, 8], 'hidden'), randomTensor<tf.Rank.R2>([80, 8], 'table')];
  const soft = softTargets(4, 80, 3, 2);
  const { numTensors } = tf.memory();
  for (const most of [FEW, MANY]) {
    const loss = (h: tf.Tensor, t: tf.Tensor): tf.Scalar => distillationLoss(h as tf.Tensor2D, headsBySort.table(t as tf.Tensor2D), [0, 1, 2, 3], soft, most);
    tf.dispose(tf.grads(loss)([hidden, table]));
    await likeliest(hidden, { table }, 3, 80, most);
  }
  expect(tf.memory().numTensors).toBe(numTensors);
  device.check();
}, 240_000);

test('the likeliest tokens are found across ranges, with their log-probabilities', async () => {
  const table = tf.tensor2d(Array.from({ length: 130 }, (_, i) => (i === 70 ? 3 : i === 129 ? 2 : 0)), [130, 1]);
  const { ids, logProbs } = await likeliest(tf.tensor2d([[1], [-1]]), headsBySort.frozen(table), 2, 130, FEW);
  expect([...ids]).toEqual([70, 129, 0, 1]);
  const sums = [1, -1].map((sign) => Math.log(128 + Math.exp(3 * sign) + Math.exp(2 * sign))) as [number, number];
  expectClose(logProbs, [3 - sums[0], 2 - sums[0], -sums[1], -sums[1]], 1e-5);
});
