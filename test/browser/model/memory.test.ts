/** A training on WebGPU: what a step asks of the device, and that it holds no more in the end than in the beginning. */
import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { openDevice } from '../../../src/device/device';
import { webGpuBackend } from '../../../src/ops/webgpu-pass';
import { Trainer } from '../../../src/train/trainer';
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
