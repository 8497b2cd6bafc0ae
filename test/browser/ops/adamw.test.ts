/** AdamW on WebGPU, for both kinds of adapter, against its composed form. */
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Device, openDevice } from '../../../src/device/device';
import { composedOptimizer } from '../../../src/ops/adamw/composed';
import type { Optimizer, OptimizerOf, Update } from '../../../src/ops/adamw/kernels';
import { optimizerOf } from '../../../src/ops/adamw/on-device';
import { type AdapterKind, chooseKernelsFor } from '../../../src/ops/webgpu-pass';
import { expectClose } from '../../support/close';
import { randomTensor } from '../../support/gradient';

let device: Device;
beforeAll(async () => { device = await openDevice('webgpu'); });
afterEach(() => {
  chooseKernelsFor();
  vi.restoreAllMocks();
});

/** More than one dispatch gathers; odd sizes, single numbers, whole blocks. */
const shapes = [[5, 7], [64], [1], [3, 8], [130], [2, 2, 3], [33], [16, 16], [9], [4], [65], [12, 11], [3], [40], [7, 9]];
const decays = shapes.map(({ length }) => length > 1);
const constants = { beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0.1, clipNorm: 0 };

describe.each<AdapterKind>(['software', 'hardware'])('for a %s adapter', { timeout: 240_000 }, (kind) => {
  test('follows its composed form over several steps, clipped or not, with decay on some', async () => {
    chooseKernelsFor(kind);
    for (const clipNorm of [0, 1, 1e6]) {
      const [ours, theirs] = [start(optimizerOf), start(composedOptimizer)];
      for (let step = 1; step <= 3; step++) {
        for (const optimizer of [ours, theirs]) advance(optimizer, step, { ...constants, clipNorm });
      }
      expectClose(await contents(ours), await contents(theirs), 1e-5, `clipped to ${clipNorm}, entry`);
      end(ours);
      end(theirs);
    }
    device.check();
  });

  test('sums gradients of several batches before it updates, each times its share', async () => {
    chooseKernelsFor(kind);
    const [ours, theirs] = [start(optimizerOf), start(composedOptimizer)];
    for (let step = 1; step <= 2; step++) {
      for (const optimizer of [ours, theirs]) {
        gather(optimizer, `first ${step}`, 0.25);
        gather(optimizer, `second ${step}`, 0.75);
        update(optimizer, step, { ...constants, clipNorm: 0.5 });
      }
    }
    expectClose(await contents(ours), await contents(theirs), 1e-5);
  });

  test('leaves everything as it was when the loss is not finite, and forgets what was gathered', async () => {
    chooseKernelsFor(kind);
    const [ours, theirs] = [start(optimizerOf), start(composedOptimizer)];
    for (const optimizer of [ours, theirs]) advance(optimizer, 1, constants);
    const before = await contents(ours);
    for (const loss of [NaN, Infinity, -Infinity]) {
      gather(ours, 'lost', 1);
      update(ours, 2, constants, loss);
      expect(await contents(ours)).toEqual(before);
    }
    for (const optimizer of [ours, theirs]) advance(optimizer, 2, constants);
    expectClose(await contents(ours), await contents(theirs), 1e-5);
  });

  test('gives the same bits twice', async () => {
    chooseKernelsFor(kind);
    const runs = await Promise.all([1, 2].map(async () => {
      const optimizer = start(optimizerOf);
      advance(optimizer, 1, { ...constants, clipNorm: 1 });
      return await contents(optimizer);
    }));
    expect(runs[0]).toEqual(runs[1]);
  });

  test('lies in several buffers where one would be too large, with one norm over all', async () => {
    chooseKernelsFor(kind);
    vi.spyOn(GPUSupportedLimits.prototype, 'maxStorageBufferBindingSize', 'get').mockReturnValue(4096);
    const [ours, theirs] = [start(optimizerOf), start(composedOptimizer)];
    for (const optimizer of [ours, theirs]) {
      for (const step of [1, 2]) advance(optimizer, step, { ...constants, clipNorm: 1 });
    }
    expectClose(await contents(ours), await contents(theirs), 1e-5);
    end(ours);
  });
});

test('gathers as many tensors to a dispatch as the device has bindings for, and updates in one', () => {
  const optimizer = start(optimizerOf);
  const { maxStorageBuffersPerShaderStage } = (tf.backend() as unknown as { device: GPUDevice }).device.limits;
  const dispatches = vi.spyOn(GPUComputePassEncoder.prototype, 'dispatchWorkgroups');
  advance(optimizer, 1, constants);
  expect(dispatches).toHaveBeenCalledTimes(Math.ceil(shapes.length / (maxStorageBuffersPerShaderStage - 2)) + 1);
});

test('without gradients only decays', async () => {
  const optimizer = optimizerOf([tf.tensor1d([2, 4]), tf.tensor1d([3])], [true, false]);
  optimizer.update({ ...constants, step: 1, rate: 0.5, loss: tf.scalar(0) });
  expectClose(await contents(optimizer), [1.9, 3.8, 0, 0, 0, 0, 3, 0, 0], 1e-6);
});

test('takes moments and gives copies of them', async () => {
  const optimizer = start(optimizerOf);
  const mean = Float32Array.from({ length: 35 }, (_, i) => i);
  const variance = mean.map((x) => x / 2);
  const before = optimizer.moments(1);
  optimizer.setMoments(0, mean, variance);
  const moments = optimizer.moments(0);
  advance(optimizer, 1, constants);
  expect(moments.mean.shape).toEqual([5, 7]);
  expect([await moments.mean.data(), await moments.variance.data()]).toEqual([mean, variance]);
  expect(await before.mean.data()).toEqual(new Float32Array(64));
});

test('keeps the parameters the same tensors, and leaves none behind', async () => {
  const optimizer = start(optimizerOf);
  const parameter = optimizer.parameters[0];
  advance(optimizer, 1, constants);
  const { numTensors } = tf.memory();
  for (let step = 2; step < 7; step++) advance(optimizer, step, constants);
  expect(tf.memory().numTensors).toBe(numTensors);
  expect(optimizer.parameters[0]).toBe(parameter);
  const before = tf.memory().numTensors;
  end(start(optimizerOf));
  expect(tf.memory().numTensors).toBe(before);
  await contents(optimizer);
  device.check();
});

test('refuses a parameter that the device cannot bind before it takes anything over', () => {
  vi.spyOn(GPUSupportedLimits.prototype, 'maxStorageBufferBindingSize', 'get').mockReturnValue(512);
  const parameters = [tf.zeros([2]), tf.zeros([200])];
  const { numTensors } = tf.memory();
  expect(() => optimizerOf(parameters, [true, true])).toThrow(expect.objectContaining({ code: 'device/limit' }));
  expect(tf.memory().numTensors).toBe(numTensors);
  expect(parameters.every(({ isDisposed }) => !isDisposed)).toBe(true);
});

function start(of: OptimizerOf): Optimizer {
  return of(shapes.map((shape, i) => randomTensor(shape as [number], 'parameter', i)), decays);
}

function end(optimizer: Optimizer): void {
  tf.dispose([...optimizer.parameters]);
  optimizer.dispose();
}

function advance(optimizer: Optimizer, step: number, constants: Omit<Update, 'step' | 'rate' | 'loss'>): void {
  gather(optimizer, step, 1);
  update(optimizer, step, constants);
}

function gather(optimizer: Optimizer, key: string | number, share: number): void {
  const gradients = shapes.map((shape, i) => randomTensor(shape as [number], 'gradient', key, i));
  optimizer.gather(gradients, share);
  tf.dispose(gradients);
}

function update(optimizer: Optimizer, step: number, constants: Omit<Update, 'step' | 'rate' | 'loss'>, loss = 1): void {
  const scalar = tf.scalar(loss);
  optimizer.update({ ...constants, step, rate: 0.05, loss: scalar });
  scalar.dispose();
}

/** Parameters and moments, one after another. */
async function contents(optimizer: Optimizer): Promise<number[]> {
  const all: number[] = [];
  for (const [i, parameter] of optimizer.parameters.entries()) {
    const { mean, variance } = optimizer.moments(i);
    for (const tensor of [parameter, mean, variance]) all.push(...await tensor.data());
    tf.dispose([mean, variance]);
  }
  return all;
}
