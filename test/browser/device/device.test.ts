import * as tf from '@tensorflow/tfjs';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { openDevice } from '../../../src/device/device';
import type { ComdError } from '../../../src/errors';

afterEach(() => vi.restoreAllMocks());

describe('the device', () => {
  test('is WASM where the only adapter is a software one, and says so', async () => {
    const device = await openDevice('auto');
    expect(device).toMatchObject({ backend: 'wasm', adapter: expect.stringContaining('SIMD'), why: expect.stringMatching(/software/) });
    expect(tf.getBackend()).toBe('wasm');
  });

  test('is WASM where there is no adapter', async () => {
    vi.spyOn(navigator.gpu, 'requestAdapter').mockResolvedValue(null);
    expect(await openDevice('auto')).toMatchObject({ backend: 'wasm', why: expect.stringContaining('no WebGPU adapter') });
  });

  test('is the software adapter when WebGPU is asked for', async () => {
    const device = await openDevice('webgpu');
    expect(device).toMatchObject({ backend: 'webgpu', adapter: expect.stringMatching(/swiftshader/i) });
    expect(tf.getBackend()).toBe('webgpu');
    expect(await tf.add(tf.tensor1d([1, 2]), 1).array()).toEqual([2, 3]);
    expect(() => device.check()).not.toThrow();
  });

  test('is refused when WebGPU is asked for and there is no adapter', async () => {
    vi.spyOn(navigator.gpu, 'requestAdapter').mockResolvedValue(null);
    await expect(openDevice('webgpu')).rejects.toMatchObject({ code: 'device/no-adapter', remedy: expect.stringContaining('wasm') });
  });

  test('once lost says so at the next check', async () => {
    const device = await openDevice('webgpu');
    const backend = tf.backend() as unknown as { device: GPUDevice };
    backend.device.destroy();
    await backend.device.lost;
    await Promise.resolve();
    expect(() => device.check()).toThrow(expect.objectContaining({ code: 'device/lost' }));
  });

  test('that refused an operation says so at the next check', async () => {
    const device = await openDevice('webgpu');
    const gpu = (tf.backend() as unknown as { device: GPUDevice }).device;
    gpu.createBuffer({ size: gpu.limits.maxBufferSize + 1, usage: GPUBufferUsage.STORAGE });
    // Errors travel with the queue's work.
    await gpu.queue.onSubmittedWorkDone();
    await expect.poll(() => {
      try {
        device.check();
        return 'fine';
      } catch (error) {
        return (error as ComdError).code;
      }
    }).toBe('device/limit');
  });
});
