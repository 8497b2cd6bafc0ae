import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { recomputed } from '../../../src/ops/recomputed';
import { useWasm } from '../../support/backend';
import { expectClose } from '../../support/close';
import { randomTensor } from '../../support/gradient';

beforeAll(useWasm);

test('what is computed again has the value and the gradients of what is remembered, also one in another', async () => {
  const [x, w, v] = [randomTensor([3, 4], 'x'), randomTensor([4, 4], 'w'), randomTensor([4, 4], 'v')] as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
  const first = (at: tf.Tensor2D, shift: tf.Tensor): tf.Tensor2D => tf.tanh(tf.add(tf.matMul(at, w), shift));
  const second = (at: tf.Tensor2D): tf.Tensor2D => tf.sigmoid(tf.matMul(at, v));
  const remembered = () => tf.tidy(() => tf.sum<tf.Scalar>(tf.square(second(first(x, tf.scalar(0.3))))));
  // The shift is gone when the gradient is taken.
  const again = () => tf.tidy(() => tf.sum<tf.Scalar>(tf.square(recomputed(second, recomputed(first, x, [tf.scalar(0.3)], [w]), [], [v]))));
  const before = tf.memory().numTensors;
  const wanted = tf.valueAndGrads(remembered)([x, w, v]);
  const found = tf.valueAndGrads(again)([x, w, v]);
  expectClose(await found.value.data(), await wanted.value.data(), 1e-6);
  for (const [i, gradient] of found.grads.entries()) expectClose(await gradient.data(), await (wanted.grads[i] as tf.Tensor).data(), 1e-6, `gradient ${i}, entry`);
  tf.dispose([wanted.value, wanted.grads, found.value, found.grads]);
  expect(tf.memory().numTensors).toBe(before);
});
