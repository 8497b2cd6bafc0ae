import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ALIGNMENT, bucket, PooledBuffers, TENSOR_USAGE } from '../../../src/device/pooled-buffers';

const UNIFORM = 0x40 | 0x08;

interface FakeBuffer { size: number; usage: number; destroyed: boolean; destroy(): void }

/** What the pool needs of a device. */
function pool(maxBufferSize = 2 ** 30): PooledBuffers {
  const createBuffer = ({ size, usage }: { size: number; usage: number }): FakeBuffer => ({
    size, usage, destroyed: false, destroy() { this.destroyed = true; },
  });
  return new PooledBuffers({ limits: { maxBufferSize }, createBuffer } as unknown as GPUDevice);
}

test('a size is rounded up by an eighth at most, but to whole steps of a binding', () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 2 ** 31 }), (size) => {
    expect(bucket(size)).toBeGreaterThanOrEqual(size);
    expect(bucket(size)).toBeLessThanOrEqual(Math.max(size + ALIGNMENT, size * 1.125));
    expect(bucket(size) % ALIGNMENT).toBe(0);
    expect(bucket(bucket(size))).toBe(bucket(size));
  }));
});

describe('a pool of buffers', () => {
  test('hands out again what came back, for sizes that are nearly the same', () => {
    const buffers = pool();
    const first = buffers.acquireBuffer(5000, TENSOR_USAGE);
    buffers.releaseBuffer(first);
    expect(buffers.acquireBuffer(4999, TENSOR_USAGE)).toBe(first);
    expect(buffers.acquireBuffer(4999, TENSOR_USAGE)).not.toBe(first);
    expect(buffers.numBytesUsed).toBe(2 * bucket(5000));
  });

  test('lets the host write nothing that recorded commands may still read', () => {
    const buffers = pool();
    const tensor = buffers.acquireBuffer(400, TENSOR_USAGE);
    const uniform = buffers.acquireBuffer(400, UNIFORM);
    buffers.releaseBuffer(tensor);
    buffers.releaseBuffer(uniform);
    expect(buffers.acquireForUpload(400)).not.toBe(tensor);
    expect(buffers.acquireBuffer(400, UNIFORM)).not.toBe(uniform);
    buffers.submitted();
    expect(buffers.acquireForUpload(400)).toBe(tensor);
    expect(buffers.acquireBuffer(400, UNIFORM)).toBe(uniform);
  });

  test('gives back to the device what nobody has wanted for long, and nothing in use', () => {
    const buffers = pool();
    const held = buffers.acquireBuffer(1024, TENSOR_USAGE);
    const idle = buffers.acquireBuffer(4096, TENSOR_USAGE) as unknown as FakeBuffer;
    buffers.releaseBuffer(idle as unknown as GPUBuffer);
    for (let i = 0; i < 100; i++) buffers.submitted();
    expect(idle.destroyed).toBe(true);
    expect((held as unknown as FakeBuffer).destroyed).toBe(false);
    expect(buffers).toMatchObject({ numBytesAllocated: 1024, numBytesUsed: 1024, destroyed: 1 });
  });

  test('does not grow over a thousand rounds of the same work', () => {
    const buffers = pool();
    const round = (): void => {
      const taken = [300, 70_000, 300, 9000].map((size) => buffers.acquireBuffer(size, TENSOR_USAGE));
      for (const buffer of taken) buffers.releaseBuffer(buffer);
      buffers.submitted();
    };
    round();
    const { numBytesAllocated } = buffers;
    for (let i = 0; i < 1000; i++) round();
    expect(buffers.numBytesAllocated).toBe(numBytesAllocated);
  });

  test('asks for no more than the device allows in one buffer', () => {
    expect(pool(10_000).acquireBuffer(9999, TENSOR_USAGE).size).toBe(10_000);
  });

  test('destroys all of them in the end', () => {
    const buffers = pool();
    const both = [buffers.acquireBuffer(1, TENSOR_USAGE), buffers.acquireBuffer(1, TENSOR_USAGE)];
    buffers.releaseBuffer(both[0] as GPUBuffer);
    buffers.dispose();
    expect(both.map((buffer) => (buffer as unknown as FakeBuffer).destroyed)).toEqual([true, true]);
    expect(buffers).toMatchObject({ numBytesAllocated: 0, numBytesUsed: 0 });
  });
});
