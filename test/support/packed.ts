/** Packed matrices for tests, and what they stand for. */
import * as tf from '@tensorflow/tfjs';
import { elementBytes } from '../../src/checkpoint/dtype';
import type { Filling, StoredType } from '../../src/ops/filling/filling';
import { toHalf } from '../../src/ops/packed/half';
import { pack, unpackNumbers } from '../../src/ops/packed/host';
import { type PackedMatrix, type PackedScheme, groupsPerRow, isPacked, wordsPerRow } from '../../src/ops/packed/matrix';
import { stream } from '../../src/random';

export const packedSchemes: PackedScheme[] = ['f16', 'int8', 'int4'];

/** Numbers between -1 and 1. */
export function randomNumbers(size: number, ...key: (string | number)[]): Float32Array<ArrayBuffer> {
  const draw = stream('numbers', ...key);
  return Float32Array.from({ length: size }, () => draw() * 2 - 1);
}

/** A random matrix, packed on the host, with the numbers that it stands for as an ordinary tensor `[rows, columns]`. */
export function randomPacked(scheme: PackedScheme, rows: number, columns: number): { packed: PackedMatrix; matrix: tf.Tensor2D } {
  const numbers = pack(scheme, randomNumbers(rows * columns, scheme, rows, columns), rows, columns);
  const { words, scales } = numbers;
  return {
    packed: {
      scheme, rows, columns,
      words: tf.tensor2d(words, [rows, wordsPerRow(scheme, columns)], 'int32'),
      scales: scales && tf.tensor2d(scales, [rows, groupsPerRow(columns)], 'int32'),
    },
    matrix: tf.tensor2d(unpackNumbers(scheme, numbers, rows, columns), [rows, columns]),
  };
}

/** Numbers as a checkpoint stores them; a bfloat16 is cut off instead of rounded. */
export function storedBytes(dtype: StoredType, data: Float32Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  if (dtype === 'F32') return new Uint8Array(data.slice().buffer);
  if (dtype === 'F16') return new Uint8Array(Uint16Array.from(data, toHalf).buffer);
  return new Uint8Array(Uint16Array.from(new Uint32Array(data.slice().buffer), (bits) => bits >>> 16).buffer);
}

/** What a weight on the device is made of: one list of numbers, or words and scales. */
export async function contents(weight: tf.Tensor | PackedMatrix): Promise<ArrayLike<number>[]> {
  const tensors = isPacked(weight) ? [weight.words, weight.scales] : [weight];
  return await Promise.all(tensors.filter((tensor) => tensor !== null).map((tensor) => tensor.data()));
}

/** Brings a matrix of `columns` onto the device in slices of so many rows. */
export async function fillBySlices(filling: Filling, bytes: Uint8Array<ArrayBuffer>, dtype: StoredType, columns: number, rows: number): Promise<tf.Tensor | PackedMatrix> {
  const size = rows * columns * elementBytes[dtype];
  for (let from = 0; from < bytes.length; from += size) {
    const slice = bytes.slice(from, from + size);
    await filling.write(slice, from / elementBytes[dtype]);
    // The caller uses its buffer again.
    slice.fill(0xff);
  }
  return filling.finish();
}
