/** What a backend brings for normalisation. x is `[rows, hidden]`, weight and bias `[hidden]`. */
import type * as tf from '@tensorflow/tfjs';

export interface NormKernels {
  /** `normed = weight · x·r`, `r = 1/√(mean(x²) + epsilon)`; `scales` is r, `[rows]`. */
  rmsNorm(x: tf.TensorInfo, weight: tf.TensorInfo, epsilon: number): { normed: tf.TensorInfo; scales: tf.TensorInfo };
  /** Gradients of {@link rmsNorm}. @param beside is added to dx: the gradient that comes past the normalisation */
  rmsNormBack(
    dy: tf.TensorInfo, x: tf.TensorInfo, weight: tf.TensorInfo, scales: tf.TensorInfo, beside?: tf.TensorInfo,
  ): { dx: tf.TensorInfo; dWeight: tf.TensorInfo };
  /** `normed = weight · (x − mean)·r + bias`; `moments` is mean and r of every row, `[rows, 2]`. */
  layerNorm(x: tf.TensorInfo, weight: tf.TensorInfo, bias: tf.TensorInfo, epsilon: number): { normed: tf.TensorInfo; moments: tf.TensorInfo };
  layerNormBack(
    dy: tf.TensorInfo, x: tf.TensorInfo, weight: tf.TensorInfo, moments: tf.TensorInfo,
  ): { dx: tf.TensorInfo; dWeight: tf.TensorInfo; dBias: tf.TensorInfo };
}
