/** The WASM kernels of `kernel.as.ts` by name and type. Addresses are bytes of the backend's memory. */
import { kernels } from '../wasm/kernels';

interface Kernels {
  /** `count` bfloat16 numbers as floats. */
  widenBrain(from: number, to: number, count: number): void;
  /** `count` IEEE halves as floats. */
  widenHalf(from: number, to: number, count: number): void;
  /** Floats `[rows, columns]` as the words, and for int8 and int4 the scales, of as many packed rows. */
  pack(from: number, rows: number, columns: number, bits: number, words: number, scales: number): void;
  /**
   * A part of a packed matrix of so many columns as floats: rows from `row` on, `count` columns from `column` on, which begins
   * a group. The rows of the result lie `stride` numbers apart.
   */
  unpack(
    words: number, scales: number, columns: number, bits: number, row: number, rows: number, column: number, count: number,
    to: number, stride: number,
  ): void;
}

export const packedKernels = (): Kernels => kernels<Kernels>();
