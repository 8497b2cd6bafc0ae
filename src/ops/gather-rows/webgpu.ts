/** Picking rows and summing them back on the WebGPU backend: the kernels of `gather-rows.wgsl`, one dispatch each. */
import * as tf from '@tensorflow/tfjs';
import { byCell, cellOf } from '../by-row/by-row';
import { zeros } from '../by-row/zeros';
import { dispatch, spread, uninitialised } from '../webgpu-pass';
import code from './gather-rows.wgsl?raw';
import type { GatherKernels } from './kernels';
import { tasksOf } from './tasks';

export const onWebGpu: GatherKernels = {
  gather(table, indices) {
    return run('gather_rows', table, indices, indices.shape[0] as number, indices.shape[0] as number);
  },

  sumByIndex(values, indices, rows) {
    if (indices.length === 0) return zeros([rows, values.shape[1] as number]);
    const { count, table } = tasksOf(indices, rows);
    const tasks = tf.tensor1d(table, 'int32');
    const sums = run('sum_by_index', values, tasks, count, rows);
    tasks.dispose();
    return sums;
  },
};

/** @param count threads for a column of cells */
function run(entryPoint: string, values: tf.TensorInfo, indices: tf.TensorInfo, count: number, rows: number): tf.TensorInfo {
  const width = values.shape[1] as number;
  if (rows * width === 0) return zeros([rows, width]);
  const out = uninitialised([rows, width], 'float32');
  dispatch(byCell(code, entryPoint, width), [values, indices, out], [count, width], spread(count * width / cellOf(width)));
  return out;
}
