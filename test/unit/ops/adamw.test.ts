import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { composedOptimizer } from '../../../src/ops/adamw/composed';
import type { Optimizer, Update } from '../../../src/ops/adamw/kernels';
import { onWasm } from '../../../src/ops/adamw/wasm';
import { cut } from '../../support/in-parts';
import { useWasm } from '../../support/backend';
import { expectClose } from '../../support/close';
import { randomTensor } from '../../support/gradient';

beforeAll(useWasm);

vi.mock('../../../src/ops/wasm/threads', async (original) => (await import('../../support/in-parts')).threadsInParts(await original()));
const shapes: [number, number][] = [[1, 1], [3, 5], [17, 33], [4, 16], [0, 4]];
const decays = [false, true, true, false, true];
const constants = { beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0.1, clipNorm: 0 };

const parametersOf = (): tf.Tensor[] => shapes.map((shape, i) => randomTensor<tf.Rank.R2>(shape, 'parameter', i));
const gradientsOf = (key: string): tf.Tensor[] => shapes.map((shape, i) => randomTensor<tf.Rank.R2>(shape, key, i));
const numbersOf = (optimizer: Optimizer) => Promise.all(optimizer.parameters.map((parameter) => parameter.data()));

/** Four updates of two gathers each. */
function train(optimizer: Optimizer, clipNorm: number, losses: readonly number[] = [1, 1, 1, 1]): void {
  for (const [i, loss] of losses.entries()) {
    optimizer.gather(gradientsOf(`first ${i}`), 0.25);
    optimizer.gather(gradientsOf(`second ${i}`), 0.75);
    optimizer.update({ ...constants, clipNorm, step: i + 1, rate: 0.05, loss: tf.scalar(loss) });
  }
}

async function expectSame(actual: Optimizer, expected: Optimizer): Promise<void> {
  const parameters = await numbersOf(expected);
  for (const [i, numbers] of (await numbersOf(actual)).entries()) {
    expectClose(numbers, parameters[i] as Float32Array, 1e-5, `parameter ${i}, entry`);
  }
  for (const i of shapes.keys()) {
    const [own, other] = [actual.moments(i), expected.moments(i)];
    expect(own.mean.shape).toEqual(shapes[i]);
    expectClose(await own.mean.data(), await other.mean.data(), 1e-5, `mean ${i}, entry`);
    expectClose(await own.variance.data(), await other.variance.data(), 1e-5, `variance ${i}, entry`);
  }
}

describe('AdamW in place', () => {
  const limits: [string, number][] = [['without clipping', 0], ['clipped', 0.5], ['with a norm below the limit', 1e3]];
  test.each(limits)('follows its composed form %s', async (_, clipNorm) => {
    const [fused, plain] = [onWasm(parametersOf(), decays), composedOptimizer(parametersOf(), decays)];
    train(fused, clipNorm);
    train(plain, clipNorm);
    await expectSame(fused, plain);
  });

  test('changes nothing where the loss is not finite, and forgets those gradients', async () => {
    const [fused, plain] = [onWasm(parametersOf(), decays), composedOptimizer(parametersOf(), decays)];
    train(fused, 0.5, [1, NaN, Infinity, 1]);
    train(plain, 0.5, [1, NaN, Infinity, 1]);
    await expectSame(fused, plain);
  });

  test('keeps the tensors that it was given', async () => {
    const parameters = parametersOf();
    const before = await (parameters[1] as tf.Tensor).data();
    const copy = before.slice();
    const optimizer = onWasm(parameters, decays);
    train(optimizer, 0);
    expect(optimizer.parameters).toEqual(parameters);
    expect(await (parameters[1] as tf.Tensor).data()).not.toEqual(copy);
  });

  test('without a gradient moves only those parameters that decay', async () => {
    const parameters = [tf.tensor1d([2]), tf.tensor1d([2])];
    onWasm(parameters, [true, false]).update({ ...constants, step: 1, rate: 0.5, loss: tf.scalar(0) });
    expectClose(await tf.stack(parameters).data(), [2 * (1 - 0.5 * 0.1), 2], 1e-6);
  });

  test('measures the norm of gradients whose squares 32 bits cannot hold', async () => {
    const optimizer = onWasm([tf.tensor1d([0])], [false]);
    optimizer.gather([tf.tensor1d([1e25])], 1);
    optimizer.update({ ...constants, clipNorm: 1, step: 1, rate: 0.5, loss: tf.scalar(0) });
    expectClose(await optimizer.moments(0).mean.data(), [0.1], 1e-5);
  });

  test('goes on from moments that were set', async () => {
    const update = (step: number): Update => ({ ...constants, step, rate: 0.05, loss: tf.scalar(1) });
    const whole = onWasm(parametersOf(), decays);
    whole.gather(gradientsOf('a'), 1);
    whole.update(update(1));
    const resumed = onWasm(whole.parameters.map((parameter) => tf.add(parameter, 0)), decays);
    for (const i of shapes.keys()) {
      const { mean, variance } = whole.moments(i);
      resumed.setMoments(i, await mean.data() as Float32Array, await variance.data() as Float32Array);
    }
    for (const optimizer of [whole, resumed]) {
      optimizer.gather(gradientsOf('b'), 1);
      optimizer.update(update(2));
    }
    expect(await numbersOf(resumed)).toEqual(await numbersOf(whole));
  });

  test('is bitwise the same twice', async () => {
    const run = async () => {
      const optimizer = onWasm(parametersOf(), decays);
      train(optimizer, 0.5);
      return numbersOf(optimizer);
    };
    expect(await run()).toEqual(await run());
  });

  test('makes no tensors', () => {
    const optimizer = onWasm(parametersOf(), decays);
    const gradients = gradientsOf('g');
    const loss = tf.scalar(1);
    const before = tf.memory().numTensors;
    for (let step = 1; step < 4; step++) {
      optimizer.gather(gradients, 1);
      optimizer.update({ ...constants, clipNorm: 1, step, rate: 0.05, loss });
    }
    optimizer.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

test('numbers that threads share out come to the same bits', async () => {
  const [whole, ...parts] = await cut(async () => {
    const optimizer = onWasm(parametersOf(), decays);
    train(optimizer, 0.5);
    return numbersOf(optimizer);
  });
  for (const some of parts) expect(some).toEqual(whole);
});
