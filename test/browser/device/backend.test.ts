/** The WebGPU backend as the device opens it: exact reads, slices of one buffer, memory that does not grow. */
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { openDevice } from '../../../src/device/device';
import { dispatch, discard, slicesOf, uninitialised, webGpuBackend } from '../../../src/ops/webgpu-pass';

const code = `
@group(0) @binding(0) var<uniform> count: u32;
@group(0) @binding(1) var<storage, read_write> data: array<f32>;
@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3<u32>) { if (id.x < count) { data[id.x] += 1.0; } }`;

const addOne = (to: tf.TensorInfo, count: number): void => dispatch({ label: 'add one', code, entryPoint: 'main' }, [to], [count], [Math.ceil(count / 64), 1]);

beforeAll(async () => { await openDevice('webgpu'); });

describe('the WebGPU backend', () => {
  test.each([1, 3, 63, 64, 65, 1000])('brings %i numbers there and back', async (size) => {
    const numbers = Float32Array.from({ length: size }, (_, i) => i - 0.5);
    expect(await tf.add(tf.tensor1d(numbers), 0).data()).toEqual(numbers);
    const whole = Int32Array.from({ length: size }, (_, i) => i - 2);
    expect(await tf.tensor1d(whole, 'int32').data()).toEqual(whole);
    expect(await tf.greater(tf.tensor1d(numbers), 1).data()).toEqual(Uint8Array.from(numbers, (x) => Number(x > 1)));
  });

  test('reads nothing of an empty tensor', async () => {
    expect(await tf.reshape(tf.tensor2d([], [0, 3]), [3, 0]).data()).toHaveLength(0);
  });

  test('reads what a kernel has written since the last reading', async () => {
    const tensor = tf.add(tf.zeros([5]), 0);
    expect([...await tensor.data()]).toEqual([0, 0, 0, 0, 0]);
    addOne(tensor, 5);
    expect([...await tensor.data()]).toEqual([1, 1, 1, 1, 1]);
  });

  test('uploads numbers that commands on their way do not see too early', async () => {
    const sums = Array.from({ length: 20 }, (_, i) => {
      const filled = tf.tensor1d(new Float32Array(500).fill(i));
      const sum = tf.sum(filled);
      filled.dispose();
      return sum;
    });
    expect(await Promise.all(sums.map(async (sum) => (await sum.data())[0]))).toEqual(sums.map((_, i) => 500 * i));
  });

  test('has slices that are tensors of their own, and lives with the last of them', async () => {
    const { numBytes } = tf.memory();
    const { whole, parts } = slicesOf([[3], [65, 2], [1]]);
    const [first, second, third] = parts as [tf.Tensor, tf.Tensor, tf.Tensor];
    // What lay there before is taken away, so that all of it is zeros.
    dispatch({ label: 'clear', code: code.replace('+= 1.0', '= 0.0'), entryPoint: 'main' }, [whole], [320], [5, 1]);
    addOne(second, 130);
    expect([...await first.data()]).toEqual([0, 0, 0]);
    expect([...await tf.add(second, 1).data()]).toEqual(new Array(130).fill(2));
    discard(whole);
    first.dispose();
    second.dispose();
    expect([...await third.data()]).toEqual([0]);
    const used = webGpuBackend().buffers.numBytesUsed;
    third.dispose();
    expect(webGpuBackend().buffers.numBytesUsed).toBeLessThan(used);
    expect(tf.memory().numBytes).toBeLessThanOrEqual(numBytes + 4 * 130);
  });

  test('keeps nothing of two hundred shapes that are no longer wanted', async () => {
    for (let size = 1; size <= 200; size++) await tf.tidy(() => tf.sum(tf.mul(tf.ones([size * 100]), 2))).data();
    for (let i = 0; i < 100; i++) await tf.tidy(() => tf.sum(tf.ones([4]))).data();
    const { numBytesAllocated, numBytesUsed } = webGpuBackend().buffers;
    expect(numBytesAllocated - numBytesUsed).toBeLessThan(100_000);
  });

  test('refuses what the device cannot hold, before it is made, by the name of the limit', () => {
    expect(() => uninitialised([2 ** 16, 2 ** 16], 'float32'))
      .toThrow(expect.objectContaining({ code: 'device/limit', message: expect.stringMatching(/maxStorageBufferBindingSize|maxBufferSize/) }));
  });
});
