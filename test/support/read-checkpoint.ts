/** A checkpoint read whole, its slices joined and widened. */
import { expect } from 'vitest';
import type { Checkpoint } from '../../src/checkpoint/checkpoint';
import { elementBytes, toFloat32 } from '../../src/checkpoint/dtype';

export interface Read {
  tensors: Map<string, { shape: number[]; data: Float32Array }>;
  progress: [string, number, number][];
}

export async function readAll(checkpoint: Checkpoint): Promise<Read> {
  const read: Read = { tensors: new Map(), progress: [] };
  await checkpoint.read({
    onSlice({ name, dtype, shape, first, bytes }) {
      const tensor = read.tensors.get(name) ?? { shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)) };
      expect(bytes.length % elementBytes[dtype]).toBe(0);
      tensor.data.set(toFloat32(dtype, bytes), first);
      read.tensors.set(name, tensor);
    },
    onShard: (file, loaded, total) => { read.progress.push([file, loaded, total]); },
  });
  return read;
}
