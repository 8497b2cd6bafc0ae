/** Picking rows on WebGPU against its composed form. It has one kernel for every kind of adapter. */
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { type Device, openDevice } from '../../../src/device/device';
import * as composed from '../../../src/ops/gather-rows/composed';
import { gatherRows } from '../../../src/ops/gather-rows/gather-rows';
import { stream } from '../../../src/random';
import { expectClose } from '../../support/close';
import { randomTensor } from '../../support/gradient';

let device: Device;
beforeAll(async () => { device = await openDevice('webgpu'); });

describe('picking rows on WebGPU', { timeout: 240_000 }, () => {
  test('and its gradient are those of its composed form', async () => {
    // Rows that nothing falls on, few and many; all rows of one index; the first and the last.
    for (const [rows, width, count] of [[1, 1, 3], [5, 17, 4], [7, 12, 65], [300, 4, 9], [300, 3, 33]] as const) {
      const draw = stream('indices', rows);
      const indices = [rows - 1, ...Array.from({ length: count - 1 }, () => Math.floor(draw() * rows))];
      const [ours, theirs] = [await valueAndGradient(gatherRows, rows, width, indices), await valueAndGradient(composed.gatherRows, rows, width, indices)];
      expect(ours.value).toEqual(theirs.value);
      expectClose(ours.gradient, theirs.gradient, 1e-5, `gradient ${rows} x ${width}, entry`);
    }
    device.check();
  });

  test('gives the same bits twice', async () => {
    const indices = Array.from({ length: 70 }, (_, i) => i % 3);
    expect(await valueAndGradient(gatherRows, 9, 8, indices)).toEqual(await valueAndGradient(gatherRows, 9, 8, indices));
  });

  test('takes one dispatch each way', () => {
    const table = randomTensor<tf.Rank.R2>([20, 4], 'table');
    const dispatches = vi.spyOn(GPUComputePassEncoder.prototype, 'dispatchWorkgroups');
    tf.tidy(() => tf.grad((x) => gatherRows(x as tf.Tensor2D, [3, 3, 19]))(table, tf.ones([3, 4])));
    expect(dispatches).toHaveBeenCalledTimes(2);
    dispatches.mockRestore();
  });

  test('of none is empty, and its gradient zero', async () => {
    expect(await valueAndGradient(gatherRows, 3, 2, [])).toEqual({ value: new Float32Array(0), gradient: new Float32Array(6) });
  });

  test('picks more rows than there are workgroups one way', async () => {
    const rows = 70_000;
    const table = tf.range(0, rows).reshape([rows, 1]) as tf.Tensor2D;
    const indices = Array.from({ length: rows }, (_, i) => rows - 1 - i);
    const value = await gatherRows(table, indices).data();
    expect(value.every((x, i) => x === rows - 1 - i)).toBe(true);
    const gradient = await tf.grad((x) => gatherRows(x as tf.Tensor2D, indices))(table, table).data();
    expect(gradient.every((x, i) => x === rows - 1 - i)).toBe(true);
    device.check();
  });
});

async function valueAndGradient(
  gather: (table: tf.Tensor2D, indices: readonly number[]) => tf.Tensor2D, rows: number, width: number, indices: readonly number[],
): Promise<{ value: Float32Array; gradient: Float32Array }> {
  const table = randomTensor<tf.Rank.R2>([rows, width], 'table');
  const of = (x: tf.Tensor): tf.Tensor => gather(x as tf.Tensor2D, indices);
  const [value, gradient] = tf.tidy(() => [of(table), tf.grad(of)(table, randomTensor([indices.length, width], 'dy'))] as const);
  return { value: await value.data(), gradient: await gradient.data() } as { value: Float32Array; gradient: Float32Array };
}
