import type * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, test } from 'vitest';
import { activate, type ActivationName, swiglu } from '../../../src/ops/activation';
import { useWasm } from '../../support/backend';
import { expectClose } from '../../support/close';
import { expectGradients, randomTensor } from '../../support/gradient';

beforeAll(useWasm);
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const tanhGelu = (x: number) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));

/** Φ by Simpson's rule, which owes nothing to an approximation of the error function. */
function phi(x: number): number {
  const density = (t: number) => Math.exp(-t * t / 2) / Math.sqrt(2 * Math.PI);
  const [n, h] = [200, x / 200];
  let sum = density(0) + density(x);
  for (let i = 1; i < n; i++) sum += density(i * h) * (i % 2 === 0 ? 2 : 4);
  return 0.5 + sum * h / 3;
}

const formulas: Record<ActivationName, (x: number) => number> = {
  gelu: (x) => x * phi(x),
  quick_gelu: (x) => x * sigmoid(1.702 * x),
  gelu_pytorch_tanh: tanhGelu,
  gelu_new: tanhGelu,
  relu: (x) => Math.max(0, x),
};

describe.each(Object.entries(formulas) as [ActivationName, (x: number) => number][])('the activation %s', (name, formula) => {
  test('is its formula', async () => {
    const x = randomTensor<tf.Rank.R1>([33], 'x').mul(4);
    expectClose(await activate(name, x).data(), Array.from(await x.data(), formula), 2e-5);
  });

  test('has a gradient that agrees with finite differences', async () => {
    await expectGradients((x) => activate(name, x as tf.Tensor), [randomTensor([4, 5], 2)]);
  });
});

describe('the gated feed-forward activation', () => {
  test('is silu(gate) times up', async () => {
    const gate = randomTensor<tf.Rank.R2>([5, 3], 'g');
    const up = randomTensor<tf.Rank.R2>([5, 3], 'u');
    const ups = await up.data();
    const expected = Array.from(await gate.data(), (g, i) => g * sigmoid(g) * (ups[i] as number));
    expectClose(await swiglu(gate, up).data(), expected, 1e-6);
  });

  test('has gradients that agree with finite differences', async () => {
    await expectGradients((gate, up) => swiglu(gate as tf.Tensor2D, up as tf.Tensor2D), [randomTensor([3, 4], 1), randomTensor([3, 4], 2)]);
  });
});
