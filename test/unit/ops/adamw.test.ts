import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { adamw, type AdamWState, clipFactor, globalNorm } from '../../../src/ops/adamw';
import { useWasm } from '../../support/backend';
import { expectClose } from '../../support/close';
import { randomTensor } from '../../support/gradient';

beforeAll(useWasm);
const constants = { beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0.1 };

describe('AdamW', () => {
  test('follows the paper over several steps', async () => {
    const parameter = randomTensor<tf.Rank.R1>([6], 'p');
    let state: AdamWState = { parameter, mean: tf.zeros([6]), variance: tf.zeros([6]) };
    const expected = Array.from(await parameter.data(), (p) => ({ p, m: 0, v: 0 }));
    for (let step = 1; step <= 4; step++) {
      const gradient = randomTensor<tf.Rank.R1>([6], 'g', step);
      const g = await gradient.data();
      expected.forEach((e, i) => {
        e.m = 0.9 * e.m + 0.1 * (g[i] as number);
        e.v = 0.99 * e.v + 0.01 * (g[i] as number) ** 2;
        const update = (e.m / (1 - 0.9 ** step)) / (Math.sqrt(e.v / (1 - 0.99 ** step)) + 1e-8);
        e.p = e.p - 0.05 * 0.1 * e.p - 0.05 * update;
      });
      state = adamw(state, gradient, step, 0.05, constants);
    }
    expectClose(await state.parameter.data(), expected.map(({ p }) => p), 1e-5);
    expectClose(await state.variance.data(), expected.map(({ v }) => v), 1e-5);
  });

  test('moves a parameter without gradient only by its decay', async () => {
    const state = { parameter: tf.tensor1d([2]), mean: tf.zeros([1]), variance: tf.zeros([1]) };
    const next = adamw(state, tf.zeros([1]), 1, 0.5, constants);
    expectClose(await next.parameter.data(), [2 * (1 - 0.5 * 0.1)], 1e-6);
  });
});

describe('clipping', () => {
  test('measures all gradients together', async () => {
    expectClose(await globalNorm([tf.tensor1d([3, 0]), tf.tensor2d([[4], [12]])]).data(), [13], 1e-6);
  });

  test('brings a norm above the limit down to it and leaves one below alone', async () => {
    expectClose(await clipFactor(tf.scalar(4), 1).data(), [0.25], 1e-5);
    expect((await clipFactor(tf.scalar(0.5), 1).data())[0]).toBe(1);
  });
});
