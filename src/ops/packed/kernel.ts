/** The WASM kernels of `kernel.wat` by name and type. Addresses are bytes of the backend's memory. */
import { boundKernels } from '../wasm-heap';
import oneThread from './kernel.wasm?url&inline';
import shared from './kernel-shared.wasm?url&inline';

interface Kernels {
  /** `count` bfloat16 numbers as floats. */
  widenBrain(from: number, to: number, count: number): void;
  /** `count` IEEE halves as floats. */
  widenHalf(from: number, to: number, count: number): void;
  /** Floats `[rows, columns]` as the words, and for int8 and int4 the scales, of as many packed rows. */
  pack(from: number, rows: number, columns: number, bits: number, words: number, scales: number): void;
  /** Packed rows as rows of floats that lie `stride` apart. */
  unpack(words: number, scales: number, rows: number, columns: number, bits: number, to: number, stride: number): void;
}

export const packedKernels = boundKernels<Kernels>(oneThread, shared);
