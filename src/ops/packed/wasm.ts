/**
 * Packed matrices on the WASM backend. A strip of rows is unpacked into the processor's cache and multiplied there, so that
 * the matrix is never in memory as floats. The backend's own product is not for this: it first rearranges each matrix that
 * it has not seen before, which takes longer than multiplying by it.
 */
import type * as tf from '@tensorflow/tfjs';
import { TILE, stridedKernels } from '../strided/kernel';
import { addressOf, allocate, asTensor, release, uninitialised } from '../wasm-heap';
import { packedKernels } from './kernel';
import { type PackedMatrix, bitsOf, groupsPerRow, wordsPerRow } from './matrix';

/** Up to so many rows of the other matrix, each row of this one is multiplied as it is unpacked, without transposing it. */
const FEW = 4;
/** Rows of a strip for the product with the gradient, which the gradient is loaded and stored once for. */
const STRIP = 32;

/** `x·Wᵀ`. */
export function multiply(x: tf.Tensor2D, weight: PackedMatrix): tf.Tensor2D {
  const out = uninitialised([x.shape[0], weight.rows], 'float32');
  if (x.shape[0] <= FEW || weight.rows < TILE) multiplyRows(x, weight, addressOf(out));
  else multiplyTiles(x, weight, addressOf(out));
  return asTensor(out);
}

/** `dy·W`. */
export function multiplyBack(dy: tf.Tensor2D, weight: PackedMatrix): tf.Tensor2D {
  const { rows, columns } = weight;
  const [n] = dy.shape;
  // Sums are added up in whole tiles, so the columns are filled up to some; what is computed there is cut off.
  const width = Math.ceil(columns / TILE) * TILE;
  const out = uninitialised([n, width], 'float32');
  withScratch(STRIP * width, (scratch) => {
    for (let row = 0; row < rows; row += STRIP) {
      const count = Math.min(STRIP, rows - row);
      unpackTo(weight, row, count, scratch, 4 * width);
      stridedKernels().multiply(addressOf(dy) + 4 * row, 4 * rows, n, count, scratch, 4 * width, width, addressOf(out), 4 * width, row > 0);
    }
  });
  const sums = asTensor<tf.Tensor2D>(out);
  if (width === columns) return sums;
  const dx = sums.slice([0, 0], [n, columns]);
  sums.dispose();
  return dx;
}

export function pickRows(weight: PackedMatrix, indices: readonly number[]): tf.Tensor2D {
  const out = uninitialised([indices.length, weight.columns], 'float32');
  indices.forEach((row, i) => unpackTo(weight, row, 1, addressOf(out) + 4 * i * weight.columns));
  return asTensor(out);
}

export function unpackAll(weight: PackedMatrix): tf.Tensor2D {
  const out = uninitialised([weight.rows, weight.columns], 'float32');
  unpackTo(weight, 0, weight.rows, addressOf(out));
  return asTensor(out);
}

function multiplyRows(x: tf.Tensor2D, weight: PackedMatrix, out: number): void {
  const { rows, columns } = weight;
  withScratch(TILE * columns, (scratch) => {
    for (let row = 0; row < rows; row += TILE) {
      const count = Math.min(TILE, rows - row);
      unpackTo(weight, row, count, scratch);
      stridedKernels().dots(addressOf(x), x.shape[0], scratch, count, columns, out + 4 * row, 4 * rows);
    }
  });
}

function multiplyTiles(x: tf.Tensor2D, weight: PackedMatrix, out: number): void {
  const { rows, columns } = weight;
  const [n] = x.shape;
  withScratch(2 * TILE * columns, (scratch) => {
    const turned = scratch + 4 * TILE * columns;
    for (let row = 0; row < rows; row += TILE) {
      // The last strip ends with the last row and repeats some of the one before it.
      const first = Math.min(row, rows - TILE);
      unpackTo(weight, first, TILE, scratch);
      stridedKernels().transpose(scratch, TILE, columns, turned, 4 * TILE);
      stridedKernels().multiply(addressOf(x), 4 * columns, n, columns, turned, 4 * TILE, TILE, out + 4 * first, 4 * rows, false);
    }
  });
}

function unpackTo({ words, scales, scheme, columns }: PackedMatrix, first: number, count: number, to: number, stride = 4 * columns): void {
  packedKernels().unpack(
    addressOf(words) + 4 * first * wordsPerRow(scheme, columns), scales ? addressOf(scales) + 4 * first * groupsPerRow(columns) : 0,
    count, columns, bitsOf[scheme], to, stride,
  );
}

function withScratch(floats: number, use: (scratch: number) => void): void {
  const scratch = allocate(4 * floats);
  try {
    use(scratch);
  } finally {
    release(scratch);
  }
}
