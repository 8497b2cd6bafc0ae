import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import * as composed from '../../../src/ops/norm/composed';
import { forkRmsNorm, layerNorm, rmsNorm } from '../../../src/ops/norm/norm';
import { useWasm } from '../../support/backend';
import { expectClose } from '../../support/close';
import { cut } from '../../support/in-parts';
import { expectGradients, randomTensor } from '../../support/gradient';

beforeAll(useWasm);

vi.mock('../../../src/ops/wasm/threads', async (original) => (await import('../../support/in-parts')).threadsInParts(await original()));

/** Around the widths of four, of a cache line and of several. */
const sizes = fc.constantFrom(1, 2, 3, 4, 5, 8, 15, 16, 17, 31, 32, 33, 65, 130);

type Norm = (x: tf.Tensor2D, weight: tf.Tensor, bias: tf.Tensor) => tf.Tensor2D;
const norms: [string, Norm, Norm][] = [
  ['RMS', (x, weight) => rmsNorm(x, weight, 1e-5), (x, weight) => composed.rmsNorm(x, weight, 1e-5)],
  ['layer', (x, weight, bias) => layerNorm(x, weight, bias, 1e-5), (x, weight, bias) => composed.layerNorm(x, weight, bias, 1e-5)],
];

function inputsOf(rows: number, hidden: number): [tf.Tensor2D, tf.Tensor1D, tf.Tensor1D] {
  const [weight, bias] = [randomTensor<tf.Rank.R1>([hidden], 'w'), randomTensor<tf.Rank.R1>([hidden], 'b')];
  return [randomTensor<tf.Rank.R2>([rows, hidden], 'x', rows), weight, bias];
}

/** As a function of all three: the engine gives no gradients for what a result does not depend on, as the RMS norm on a bias. */
function ofAll(norm: Norm): (...inputs: tf.Tensor[]) => tf.Tensor {
  return (x, weight, bias) => tf.add(norm(x as tf.Tensor2D, weight as tf.Tensor, bias as tf.Tensor), tf.mul(bias as tf.Tensor, 0));
}

function gradientsOf(norm: Norm, inputs: tf.Tensor[]): tf.Tensor[] {
  const dy = randomTensor<tf.Rank.R2>((inputs[0] as tf.Tensor2D).shape, 'dy');
  return tf.grads(ofAll(norm))(inputs, dy);
}

describe.each(norms)('the %s norm', (name, fused, plain) => {
  test('equals its composed form, values and gradients', async () => {
    await fc.assert(fc.asyncProperty(sizes, sizes, async (rows, hidden) => {
      const inputs = inputsOf(rows, hidden);
      expectClose(await fused(...inputs).data(), await plain(...inputs).data(), 1e-5, `value of [${rows}, ${hidden}]`);
      // Of two numbers hardly any gradient is left, 1 − n² of it with n near 1: either form is 7e-5 from that in 64 bits.
      const tolerance = name === 'layer' && hidden === 2 ? 1e-4 : 1e-5;
      const expected = gradientsOf(plain, inputs);
      for (const [i, gradient] of gradientsOf(fused, inputs).entries()) {
        expectClose(await gradient.data(), await (expected[i] as tf.Tensor).data(), tolerance, `gradient ${i} of [${rows}, ${hidden}]`);
      }
    }), { numRuns: 40 });
  });

  test('has gradients that agree with finite differences', async () => {
    await expectGradients(ofAll(fused), inputsOf(5, 19));
  });

  test('of no rows is empty, and the gradients of its weights are zero', async () => {
    const inputs = inputsOf(0, 9);
    expect(fused(...inputs).shape).toEqual([0, 9]);
    const [dx, dWeight] = gradientsOf(fused, inputs) as [tf.Tensor, tf.Tensor];
    expect(dx.shape).toEqual([0, 9]);
    expect([...await dWeight.data()]).toEqual(Array(9).fill(0));
  });

  test('is bitwise the same twice', async () => {
    const inputs = inputsOf(33, 65);
    const bits = async () => Promise.all([fused(...inputs), ...gradientsOf(fused, inputs)].map((tensor) => tensor.data()));
    expect(await bits()).toEqual(await bits());
  });

  test('leaves no tensors behind', () => {
    const inputs = inputsOf(3, 7);
    const before = tf.memory().numTensors;
    tf.tidy(() => { gradientsOf(fused, inputs); });
    expect(tf.memory().numTensors).toBe(before);
  });
});

test('a fork adds the gradient that comes past the norm', async () => {
  await fc.assert(fc.asyncProperty(sizes, sizes, async (rows, hidden) => {
    const [x, weight] = inputsOf(rows, hidden);
    const past = randomTensor<tf.Rank.R2>([rows, hidden], 'past');
    const forked = tf.grads((x, weight) => {
      const [same, normed] = forkRmsNorm(x as tf.Tensor2D, weight as tf.Tensor, 1e-5);
      return tf.add(tf.mul(same, past), normed);
    })([x, weight]);
    const plain = tf.grads((x, weight) => (
      tf.add(tf.mul(x as tf.Tensor, past), composed.rmsNorm(x as tf.Tensor2D, weight as tf.Tensor, 1e-5))
    ))([x, weight]);
    for (const [i, gradient] of forked.entries()) {
      expectClose(await gradient.data(), await (plain[i] as tf.Tensor).data(), 1e-5, `gradient ${i} of [${rows}, ${hidden}]`);
    }
  }), { numRuns: 25 });
});

test('rows far from zero keep their deviation in the layer norm', async () => {
  const x = tf.tensor2d([[1000, 1001, 1002, 1003, 1004]]);
  const expected = [-Math.SQRT2, -Math.SQRT1_2, 0, Math.SQRT1_2, Math.SQRT2];
  expectClose(await layerNorm(x, tf.ones([5]), tf.zeros([5]), 1e-6).data(), expected, 1e-4);
});

test('rows and columns that threads share out come to the same bits', async () => {
  for (const [, norm] of norms) {
    const inputs = inputsOf(9, 83);
    const [whole, ...parts] = await cut(() => Promise.all([norm(...inputs), ...gradientsOf(norm, inputs)].map((tensor) => tensor.data())));
    for (const some of parts) expect(some).toEqual(whole);
  }
});
