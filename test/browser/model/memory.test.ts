/** A training on WebGPU: what a step asks of the device, and that it holds no more in the end than in the beginning. */
import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { openDevice } from '../../../src/device/device';
import { webGpuBackend } from '../../../src/ops/webgpu-pass';
import { lossOf, Trainer } from '../../../src/train/trainer';
import { seenModel } from '../../support/seen';

const shape = {
  vision: { hidden: 12, layers: 1, heads: 2, image: 8, patch: 4 },
  text: { hidden: 8, intermediate: 12, layers: 1, heads: 2, kvHeads: 1, vocabulary: 300 },
  tied: true,
};

test('a hundred steps leave neither tensors nor buffers behind, and read nothing back but the loss', { timeout: 240_000 }, async () => {
  await openDevice('webgpu');
  const { model, features } = await seenModel(shape, ['a', 'b']);
  const trainer = new Trainer(model, features, { parts: ['connector', 'decoder'], weightDecay: 0, clipNorm: 1 });
  const examples = ['one', 'a longer answer'].map((target, i) => ({ images: ['a'], prompt: 'what?'.repeat(i + 1), target }));
  let readBack = 0;
  const { mapAsync } = GPUBuffer.prototype;
  GPUBuffer.prototype.mapAsync = function (this: GPUBuffer, ...mapping) {
    readBack++;
    return mapAsync.apply(this, mapping);
  };
  try {
    const steps = async (count: number): Promise<void> => {
      for (let i = 0; i < count; i++) await trainer.step(examples.slice(0, 1 + i % 2), 1e-3);
    };
    // So many that what loading left in the pool has gone.
    await steps(60);
    const { numTensors, numBytes } = tf.memory();
    const { numBytesAllocated } = webGpuBackend().buffers;
    readBack = 0;
    await steps(100);
    expect(readBack).toBe(100);
    expect([tf.memory().numTensors, tf.memory().numBytes]).toEqual([numTensors, numBytes]);
    expect(webGpuBackend().buffers.numBytesAllocated).toBeLessThanOrEqual(numBytesAllocated);
  } finally {
    GPUBuffer.prototype.mapAsync = mapAsync;
  }
});

/** Dispatches that `work` records. */
async function dispatchesIn(work: () => Promise<unknown>): Promise<number> {
  let count = 0;
  const { dispatchWorkgroups } = GPUComputePassEncoder.prototype;
  GPUComputePassEncoder.prototype.dispatchWorkgroups = function (this: GPUComputePassEncoder, ...groups) {
    count++;
    return dispatchWorkgroups.apply(this, groups);
  };
  try {
    await work();
    return count;
  } finally {
    GPUComputePassEncoder.prototype.dispatchWorkgroups = dispatchWorkgroups;
  }
}

describe('a layer of the decoder takes', { timeout: 240_000 }, () => {
  const examples = [{ images: ['a'], prompt: 'what?', target: 'a hat' }];
  const withLayers = async (layers: number) => await seenModel({ ...shape, text: { ...shape.text, layers } }, ['a']);

  test('at most 8 dispatches forward, and 24 with the way back', async () => {
    await openDevice('webgpu');
    const forward: number[] = [];
    const both: number[] = [];
    for (const layers of [2, 3]) {
      const { model, features } = await withLayers(layers);
      forward.push(await dispatchesIn(() => lossOf(model, features, examples)));
      const trainer = new Trainer(model, features, { parts: ['decoder'], weightDecay: 0, clipNorm: 1 });
      await trainer.step(examples, 1e-3);
      both.push(await dispatchesIn(() => trainer.step(examples, 1e-3)));
    }
    const [f2, f3, b2, b3] = [...forward, ...both] as [number, number, number, number];
    expect(f3 - f2).toBeLessThanOrEqual(8);
    // Its six tensors are three fifths of a dispatch of the optimizer's.
    expect(b3 - b2).toBeLessThanOrEqual(25);
  });

  test('one dispatch of the optimizer for eight tensors, at most', async () => {
    await openDevice('webgpu');
    const { model, features } = await withLayers(3);
    const { optimizer, names } = new Trainer(model, features, { parts: ['connector', 'decoder'], weightDecay: 0, clipNorm: 1 });
    const gradients = optimizer.parameters.map((parameter) => tf.onesLike(parameter));
    const update = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0, clipNorm: 1, step: 1, rate: 1e-3, loss: tf.scalar(1) };
    const parts = (name: string): number => name.includes('qkv_proj') ? 3 : name.includes('gate_up_proj') ? 2 : 1;
    const tensors = names.reduce((sum, name) => sum + parts(name), 0);
    const count = await dispatchesIn(async () => {
      optimizer.gather(gradients, 1);
      optimizer.update(update);
      await optimizer.parameters[0]?.data();
    });
    expect(count).toBeLessThanOrEqual(Math.ceil(tensors / 8));
  });
});
