/** The WASM kernels of `kernel.wat` by name and type. Addresses and strides are bytes of the backend's memory. */
import { boundKernels } from '../wasm-heap';
import oneThread from './kernel.wasm?url&inline';
import shared from './kernel-shared.wasm?url&inline';

interface Kernels {
  /** `C [m, n] = A [m, count]·Bᵀ`, B `[n, count]`; rows of C lie `stride` apart. */
  dots(a: number, m: number, b: number, n: number, count: number, c: number, stride: number): void;
  /** `C [m, n] = A [m, k]·B [k, n]`, n at least 8; with `adds`, what it adds to C, n then a multiple of 8. */
  multiply(
    a: number, strideA: number, m: number, k: number, b: number, strideB: number, n: number, c: number, strideC: number, adds: boolean,
  ): void;
  /** Floats `[rows, columns]` transposed, into rows that lie `stride` apart. */
  transpose(from: number, rows: number, columns: number, to: number, stride: number): void;
}

export const stridedKernels = boundKernels<Kernels>(oneThread, shared);

/** Columns of C that are summed at a time. */
export const TILE = 8;
