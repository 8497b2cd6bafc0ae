import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { activate, type ActivationName, activations, swiglu } from '../../../src/ops/activation/activation';
import * as composed from '../../../src/ops/activation/composed';
import { useWasm } from '../../support/backend';
import { expectClose } from '../../support/close';
import { cut } from '../../support/in-parts';
import { expectGradients, randomTensor } from '../../support/gradient';

beforeAll(useWasm);

vi.mock('../../../src/ops/wasm/threads', async (original) => (await import('../../support/in-parts')).threadsInParts(await original()));
const sizes = fc.constantFrom(1, 2, 3, 4, 5, 7, 8, 17, 33, 65);

/** Φ by Simpson's rule, which owes nothing to an approximation of the error function. */
function phi(x: number): number {
  const density = (t: number) => Math.exp(-t * t / 2) / Math.sqrt(2 * Math.PI);
  const [n, h] = [400, x / 400];
  let sum = density(0) + density(x);
  for (let i = 1; i < n; i++) sum += density(i * h) * (i % 2 === 0 ? 2 : 4);
  return 0.5 + sum * h / 3;
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const tanhGelu = (x: number) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));

const formulas: Record<ActivationName, (x: number) => number> = {
  gelu: (x) => x * phi(x),
  quick_gelu: (x) => x * sigmoid(1.702 * x),
  gelu_pytorch_tanh: tanhGelu,
  gelu_new: tanhGelu,
  relu: (x) => Math.max(0, x),
};

describe.each(activations.map((name) => [name] as const))('the activation %s', (name) => {
  test('is its formula, to the sixth decimal from −10 to 10', async () => {
    const x = tf.linspace(-10, 10, 1001);
    const expected = Array.from(await x.data(), formulas[name]);
    for (const [i, y] of (await activate(name, x).data()).entries()) expect(Math.abs(y - (expected[i] as number))).toBeLessThan(3e-6);
  });

  test('is exact to seven digits near zero', async () => {
    const x = tf.tensor1d([1e-3, -1e-3, 1e-5, -1e-6, 1e-12]);
    const expected = Array.from(await x.data(), formulas[name]);
    for (const [i, y] of (await activate(name, x).data()).entries()) {
      expect(Math.abs(y - (expected[i] as number))).toBeLessThanOrEqual(2e-7 * Math.abs(expected[i] as number));
    }
  });

  test('equals its composed form on any shape, values and gradients', async () => {
    await fc.assert(fc.asyncProperty(sizes, sizes, async (rows, width) => {
      const x = randomTensor<tf.Rank.R3>([rows, 1, width], 'x', rows).mul(5);
      const dy = randomTensor<tf.Rank.R3>([rows, 1, width], 'dy');
      expectClose(await activate(name, x).data(), await composed.activate(name, x).data(), 1e-5);
      const gradientOf = (f: typeof activate) => tf.grad((x) => f(name, x))(x, dy);
      expectClose(await gradientOf(activate).data(), await gradientOf(composed.activate).data(), 1e-5, 'gradient');
    }), { numRuns: 20 });
  });

  test('has a gradient that agrees with finite differences', async () => {
    await expectGradients((x) => activate(name, x as tf.Tensor), [randomTensor([4, 5], 2).mul(2)]);
  });

  test('of nothing is nothing', () => {
    expect(activate(name, tf.zeros([0, 3])).shape).toEqual([0, 3]);
  });

  test('neither overflows far out nor hides what is no number', async () => {
    const y = await activate(name, tf.tensor1d([1e4, -1e4, NaN])).data();
    expectClose(y.subarray(0, 2), [1e4, 0], 1e-6);
    expect(y[2]).toBeNaN();
    const slopes = await tf.grad((x) => activate(name, x))(tf.tensor1d([1e4, -1e4])).data();
    expectClose(slopes, [1, 0], 1e-6);
  });
});

describe('the gated feed-forward activation', () => {
  test('equals its composed form, values and gradients', async () => {
    await fc.assert(fc.asyncProperty(sizes, sizes, async (rows, width) => {
      const gates = randomTensor<tf.Rank.R2>([rows, 2 * width], 'gates', rows).mul(4) as tf.Tensor2D;
      const dy = randomTensor<tf.Rank.R2>([rows, width], 'dy');
      expectClose(await swiglu(gates).data(), await composed.swiglu(gates).data(), 1e-5);
      const gradientOf = (f: typeof swiglu) => tf.grad((x) => f(x as tf.Tensor2D))(gates, dy);
      expectClose(await gradientOf(swiglu).data(), await gradientOf(composed.swiglu).data(), 1e-5, 'gradient');
    }), { numRuns: 30 });
  });

  test('has a gradient that agrees with finite differences', async () => {
    await expectGradients((gates) => swiglu(gates as tf.Tensor2D), [randomTensor([3, 14], 1)]);
  });

  test('of no rows is empty, forward and back', () => {
    const gates = tf.zeros<tf.Rank.R2>([0, 6]);
    expect(swiglu(gates).shape).toEqual([0, 3]);
    expect(tf.grad((x) => swiglu(x as tf.Tensor2D))(gates).shape).toEqual([0, 6]);
  });

  test('is bitwise the same twice', async () => {
    const gates = randomTensor<tf.Rank.R2>([17, 66], 'gates');
    const bits = () => Promise.all([swiglu(gates), tf.grad((x) => swiglu(x as tf.Tensor2D))(gates)].map((tensor) => tensor.data()));
    expect(await bits()).toEqual(await bits());
  });
});

test('numbers that threads share out come to the same bits', async () => {
  const x = randomTensor<tf.Rank.R2>([9, 46], 'x').mul(4) as tf.Tensor2D;
  const results = () => activations.flatMap((name) => [activate(name, x), tf.grad((x) => activate(name, x))(x)]);
  const gated = () => [swiglu(x), tf.grad((x) => swiglu(x as tf.Tensor2D))(x)];
  const [whole, ...parts] = await cut(() => Promise.all([...results(), ...gated()].map((tensor) => tensor.data())));
  for (const some of parts) expect(some).toEqual(whole);
});
