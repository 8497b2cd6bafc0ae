/**
 * Packed matrices on the WASM backend, by kernels that unpack a block into the processor's cache and multiply it there. The
 * backend's own product is not for this: it first rearranges each matrix that it has not seen before, which takes longer than
 * multiplying by it.
 */
import type * as tf from '@tensorflow/tfjs';
import { asTensor } from '../tensor';
import { addressOf, uninitialised } from '../wasm-heap';
import { WORTHWHILE, inParallel } from '../wasm/threads';
import { packedKernels } from './kernel';
import { GROUP, type PackedMatrix, bitsOf } from './matrix';

/** Unpacking a number takes as long as so many multiplications. */
const UNPACKING = 8;

/** `x·Wᵀ`. */
export function multiply(x: tf.Tensor2D, weight: PackedMatrix): tf.Tensor2D {
  return product('multiplyPacked', x, weight, weight.rows, weight.columns);
}

/** `dy·W`. */
export function multiplyBack(dy: tf.Tensor2D, weight: PackedMatrix): tf.Tensor2D {
  return product('multiplyPackedBack', dy, weight, weight.columns, weight.rows);
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

/** Columns of the result are shared out, whole groups of them. */
function product(kernel: string, x: tf.Tensor2D, weight: PackedMatrix, width: number, depth: number): tf.Tensor2D {
  const [m] = x.shape;
  const out = uninitialised([m, width], 'float32');
  const args = [addressOf(x), m, ...placesOf(weight), weight.rows, weight.columns, bitsOf[weight.scheme], addressOf(out)];
  const grain = Math.ceil(WORTHWHILE / ((m + UNPACKING) * depth * GROUP));
  inParallel(kernel, Math.ceil(width / GROUP), grain, (from, to) => [...args, from * GROUP, Math.min(to * GROUP, width)]);
  return asTensor(out);
}

function unpackTo(weight: PackedMatrix, first: number, rows: number, to: number): void {
  const { columns } = weight;
  const [words, scales] = placesOf(weight);
  packedKernels().unpack(words, scales, columns, bitsOf[weight.scheme], first, rows, 0, columns, to, columns);
}

/** Where the words and the scales lie. */
function placesOf({ words, scales }: PackedMatrix): [number, number] {
  return [addressOf(words), scales ? addressOf(scales) : 0];
}
