/** What a backend brings for remembering floats as IEEE halves. */
import type * as tf from '@tensorflow/tfjs';

export interface HalvesKernels {
  /** Rounded to nearest, ties to even, never beyond ±65504; two in a word. @param x any shape @returns int32, flat */
  toHalves(x: tf.TensorInfo): tf.TensorInfo;
  fromHalves(halves: tf.TensorInfo, shape: readonly number[]): tf.TensorInfo;
}
