/**
 * Brings a frozen weight from a checkpoint onto the device slice by slice: widened, transposed or packed on the way, and
 * never whole in the memory of the thread. It reads no file, and what it makes has no gradient.
 */
import * as tf from '@tensorflow/tfjs';
import type { Scheme } from '../../settings';
import type { Filling, Plan, StoredType } from './plan';
import { fillWasm } from './wasm';
import { fillWebGpu } from './webgpu';

export type { Filling, StoredType };

/**
 * Starts a weight on the current backend.
 * @param shape as stored, `[out, in]`; a convolution's `[out, channels, height, width]` counts as `[out, channels·height·width]`
 *   where it is transposed or packed
 * @param layout `transposed` gives `[in, out]`; packed schemes leave it aside and keep `[out, in]`
 * @param scheme `f32` gives a tensor of floats, the others a packed matrix
 * @throws `device/limit` before anything is allocated where the device cannot hold it
 */
export function fill(dtype: StoredType, shape: readonly number[], layout: 'stored' | 'transposed', scheme: Scheme): Filling {
  const rows = shape[0] ?? 1;
  const columns = tf.util.sizeFromShape(shape.slice(1));
  const plan: Plan = { dtype, shape, rows, columns, form: scheme === 'f32' ? layout : scheme };
  return tf.getBackend() === 'webgpu' ? fillWebGpu(plan) : fillWasm(plan);
}
