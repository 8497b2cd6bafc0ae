/**
 * A frozen matrix that stays packed on the device: halves, or 8 or 4 bits in groups of 32 with a scale and a zero each.
 * The layout alone; the products that read it are beside it.
 */
import * as tf from '@tensorflow/tfjs';
import type { Scheme } from '../../settings';

/** `f32` is an ordinary tensor. */
export type PackedScheme = Exclude<Scheme, 'f32'>;

/** Columns that share a scale and a zero. */
export const GROUP = 32;

/**
 * A matrix of a linear layer as a checkpoint stores it, `[rows, columns]` = `[out, in]`.
 *
 * Element `(r, c)` of `f16` is half `c % 2` of word `(r, ⌊c / 2⌋)`, low half first. Of `int8` and `int4` it is
 * `q·scale + zero`, `q` the unsigned code `c % 4` (or `c % 8`) of word `(r, ⌊c / 4⌋)` (or `⌊c / 8⌋`), low bits first;
 * scale and zero are the low and the high half of word `(r, ⌊c / 32⌋)` of `scales`. Rows are padded to whole words with zeros.
 */
export interface PackedMatrix {
  readonly scheme: PackedScheme;
  readonly rows: number;
  readonly columns: number;
  /** `[rows, wordsPerRow]`, int32. */
  readonly words: tf.Tensor2D;
  /** `[rows, groupsPerRow]`, int32; null for `f16`. */
  readonly scales: tf.Tensor2D | null;
}

export function isPacked(weight: tf.Tensor | PackedMatrix): weight is PackedMatrix {
  return 'scheme' in weight;
}

/** Bits of one number. */
export const bitsOf: Record<PackedScheme, number> = { f16: 16, int8: 8, int4: 4 };

/** 32-bit words that a row of the packed numbers takes. */
export function wordsPerRow(scheme: PackedScheme, columns: number): number {
  return Math.ceil(columns * bitsOf[scheme] / 32);
}

export function groupsPerRow(columns: number): number {
  return Math.ceil(columns / GROUP);
}

/** Bytes on the device, scales included. */
export function packedBytes(scheme: PackedScheme, rows: number, columns: number): number {
  return 4 * rows * (wordsPerRow(scheme, columns) + (scheme === 'f16' ? 0 : groupsPerRow(columns)));
}

export function disposePacked({ words, scales }: PackedMatrix): void {
  tf.dispose(scales ? [words, scales] : [words]);
}
