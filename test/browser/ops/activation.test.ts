/** Activations on WebGPU against their composed forms. They have one kernel for every kind of adapter. */
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Device, openDevice } from '../../../src/device/device';
import { activate, activations, swiglu } from '../../../src/ops/activation/activation';
import * as composed from '../../../src/ops/activation/composed';
import { expectClose } from '../../support/close';
import { randomTensor } from '../../support/gradient';

let device: Device;
beforeAll(async () => { device = await openDevice('webgpu'); });

describe('swiglu', { timeout: 240_000 }, () => {
  test('and its gradient are those of its composed form', async () => {
    for (const [rows, width] of [[1, 1], [3, 17], [5, 12], [33, 65]] as const) {
      const gates = tf.mul<tf.Tensor2D>(randomTensor([rows, 2 * width], 'gates'), 8);
      const [ours, theirs] = [await valueAndGradient(swiglu, gates), await valueAndGradient(composed.swiglu, gates)];
      expectClose(ours.value, theirs.value, 1e-5, `${rows} x ${width}, entry`);
      expectClose(ours.gradient, theirs.gradient, 1e-5, `gradient ${rows} x ${width}, entry`);
    }
    device.check();
  });

  test('stays finite where exponentials do not', async () => {
    const { value, gradient } = await valueAndGradient(swiglu, tf.tensor2d([[-1e4, 1e4, 1, 1]]));
    expectClose(value, [0, 1e4], 1e-6);
    expect([...gradient].every(Number.isFinite)).toBe(true);
  });

  test('gives the same bits twice', async () => {
    const gates = randomTensor<tf.Rank.R2>([9, 14], 'gates');
    expect(await valueAndGradient(swiglu, gates)).toEqual(await valueAndGradient(swiglu, gates));
  });

  test('of no rows is empty', async () => {
    expect(await valueAndGradient(swiglu, tf.zeros([0, 6]))).toEqual({ value: new Float32Array(0), gradient: new Float32Array(0) });
  });
});

describe.each(activations)('%s', { timeout: 240_000 }, (name) => {
  test('and its gradient are those of its composed form, on any shape', async () => {
    for (const shape of [[1], [3, 5, 7], [4, 9]]) {
      const x = tf.mul(randomTensor(shape as [number], name), 6);
      const ours = await valueAndGradient((input) => activate(name, input), x);
      const theirs = await valueAndGradient((input) => composed.activate(name, input), x);
      expectClose(ours.value, theirs.value, 1e-5, `${name} [${shape.join()}], entry`);
      expectClose(ours.gradient, theirs.gradient, 1e-5, `gradient of ${name} [${shape.join()}], entry`);
    }
    device.check();
  });

  test('far out is what it tends to', async () => {
    const { value, gradient } = await valueAndGradient((x) => activate(name, x), tf.tensor1d([-1e4, -100, 0, 100, 1e4]), tf.ones([5]));
    expectClose(value, [0, 0, 0, 100, 1e4], 1e-6);
    expectClose(gradient, [0, 0, name === 'relu' ? 0 : 0.5, 1, 1], 1e-6);
  });
});

test('the error function inside gelu is right to a millionth', async () => {
  // Φ(x) by its series about 0, which converges fast enough here.
  const normal = (x: number): number => {
    let [term, sum] = [x, x];
    for (let n = 1; n < 100; n++) sum += (term *= -x * x / (2 * n)) / (2 * n + 1);
    return 0.5 + sum / Math.sqrt(2 * Math.PI);
  };
  const x = Float32Array.from({ length: 401 }, (_, i) => (i - 200) / 50);
  const y = await activate('gelu', tf.tensor1d(x)).data();
  expect(Math.max(...x.map((at, i) => Math.abs((y[i] as number) - at * normal(at)) / Math.max(1, Math.abs(at))))).toBeLessThan(1e-6);
});

async function valueAndGradient<T extends tf.Tensor>(
  f: (x: T) => tf.Tensor, x: T, dy?: tf.Tensor,
): Promise<{ value: Float32Array; gradient: Float32Array }> {
  const [value, gradient] = tf.tidy(() => {
    const y = f(x);
    return [y, tf.grad(f as (x: tf.Tensor) => tf.Tensor)(x, dy ?? randomTensor(y.shape as [number], 'dy'))] as const;
  });
  const data = { value: await value.data<'float32'>(), gradient: await gradient.data<'float32'>() };
  tf.dispose([value, gradient]);
  return data as { value: Float32Array; gradient: Float32Array };
}
