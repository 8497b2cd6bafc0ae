/** What is brought onto the device and how a caller does it: types for both backends. */
import type * as tf from '@tensorflow/tfjs';
import type { PackedMatrix, PackedScheme } from '../packed/matrix';

/** How a checkpoint stores a number: little-endian, as safetensors spells it. */
export type StoredType = 'F32' | 'F16' | 'BF16';

export interface Filling {
  /**
   * Takes consecutive numbers of the stored tensor; whole rows of its first axis unless it stays as stored. The bytes may
   * be reused once the call, or the promise that it returns, is over.
   * @param first index of the first number in the tensor, row by row
   */
  write(bytes: Uint8Array<ArrayBuffer>, first: number): void | Promise<void>;
  /** The weight, once every number of it was written. The caller disposes of it. */
  finish(): tf.Tensor | PackedMatrix;
  /** Lets go of everything if the filling is given up. */
  dispose(): void;
}

/** What is being filled: a matrix for all but what stays as stored. */
export interface Plan {
  dtype: StoredType;
  /** As stored. */
  shape: readonly number[];
  /** First axis. */
  rows: number;
  /** All other axes together. */
  columns: number;
  form: 'stored' | 'transposed' | PackedScheme;
}

/** Bytes of a stored number. */
export function bytesOf(dtype: StoredType): number {
  return dtype === 'F32' ? 4 : 2;
}
