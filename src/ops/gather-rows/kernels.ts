/** What a backend brings for picking rows of a table. */
import type * as tf from '@tensorflow/tfjs';

export interface GatherKernels {
  /** @param table `[rows, width]` @param indices int32 `[n]`, each below `rows` @returns `[n, width]` */
  gather(table: tf.TensorInfo, indices: tf.TensorInfo): tf.TensorInfo;
  /**
   * Zeros with every row of `values` added at its index, in the order of the rows: bitwise the same every time.
   * @param values `[n, width]`
   * @param indices on the host, so that rows of one index can be brought together
   * @returns `[rows, width]`
   */
  sumByIndex(values: tf.TensorInfo, indices: Int32Array, rows: number): tf.TensorInfo;
}
