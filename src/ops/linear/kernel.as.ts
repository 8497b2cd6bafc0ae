/**
 * Matrix products of 32-bit floats on the WASM backend. AssemblyScript: see `scripts/build-kernels.ts`.
 *
 * Row r of a matrix begins `r·stride` numbers after its first. Sizes are at least 1. However C is split among threads, and
 * whatever rows and columns are around it, every entry is the same to the bit.
 */
import { exp } from '../wasm/simd.as';
import { addRow, place } from '../wasm/rows.as';
import { FEW, multiplyFew, multiplyOneByRows } from './few.as';
import { DEPTH, PANEL, WIDE, layColumnsOfB, layRowsOfB, passRows } from './panels.as';

/** Columns that are summed over the rows at a time, and stay in the first-level cache. */
const RUN: i32 = 512;
/** Up to so many rows, rows of B are laid out a panel at a time, which stays in the first-level cache. */
const SOME: i32 = 8;

/**
 * `C [m, n] = A [m, k]·B [k, n]`, or adds it to C; `+ bias [n]` and `+ residual [m, n]` where their addresses are not 0.
 * A and B are transposed as they lie where it says so.
 */
export function multiply(
  a: usize, strideA: i32, transposedA: bool, b: usize, strideB: i32, transposedB: bool, c: usize, strideC: i32,
  m: i32, k: i32, n: i32, bias: usize, residual: usize, strideResidual: i32, adds: bool,
): void {
  if (!transposedA && m <= (transposedB ? 1 : FEW)) {
    if (transposedB) multiplyOneByRows(a, b, strideB, c, k, n, adds);
    else multiplyFew(a, strideA, b, strideB, c, strideC, m, k, n, adds);
    addRows(c, strideC, m, n, bias, residual, strideResidual);
    return;
  }
  const wide = transposedB && m <= SOME ? PANEL : WIDE;
  for (let j = 0; j < n; j += wide) {
    const width = min(wide, n - j);
    for (let p = 0; p < k; p += DEPTH) {
      const depth = min(DEPTH, k - p);
      if (transposedB) layRowsOfB(place(b, j * strideB + p), strideB, depth, width);
      else layColumnsOfB(place(b, p * strideB + j), strideB, depth, width);
      passRows(place(a, transposedA ? p * strideA : p), strideA, transposedA, m, depth, width, place(c, j), strideC, adds || p > 0);
    }
    addRows(place(c, j), strideC, m, width, bias && place(bias, j), residual && place(residual, j), strideResidual);
  }
}

/** `count` products that follow each other. A, B and C of the next lie so many numbers further. */
export function multiplyBatch(
  count: i32, nextA: i32, nextB: i32, nextC: i32,
  a: usize, strideA: i32, transposedA: bool, b: usize, strideB: i32, transposedB: bool, c: usize, strideC: i32, m: i32, k: i32, n: i32,
): void {
  for (let i = 0; i < count; i++) {
    multiply(a, strideA, transposedA, b, strideB, transposedB, c, strideC, m, k, n, 0, 0, 0, false);
    a = place(a, nextA);
    b = place(b, nextB);
    c = place(c, nextC);
  }
}

/**
 * Columns `from` to `to` of `out [m, n] = silu(first half of gates) ∘ second half`, `gates [m, 2n] = x [m, k]·weight [k, 2n]`,
 * some columns at a time, which are still in the cache when the second step takes them.
 */
export function multiplyGated(x: usize, weight: usize, gates: usize, out: usize, m: i32, k: i32, n: i32, from: i32, to: i32): void {
  const wide = m <= FEW ? to - from : WIDE;
  for (let j = from; j < to; j += wide) {
    const width = min(wide, to - j);
    multiply(x, k, false, place(weight, j), 2 * n, false, place(gates, j), 2 * n, m, k, width, 0, 0, 0, false);
    multiply(x, k, false, place(weight, n + j), 2 * n, false, place(gates, n + j), 2 * n, m, k, width, 0, 0, 0, false);
    for (let i = 0; i < m; i++) gate(place(gates, i * 2 * n + j), place(gates, i * 2 * n + n + j), place(out, i * n + j), width);
  }
}

/** `out = silu(gate) ∘ up`, `silu(x) = x / (1 + e⁻ˣ)`. */
function gate(g: usize, up: usize, out: usize, count: i32): void {
  const end = place(out, count & -4);
  while (out < end) {
    v128.store(out, gated(v128.load(g), v128.load(up)));
    g += 16;
    up += 16;
    out += 16;
  }
  for (let i = count & 3; i > 0; i--) {
    v128.store_lane<f32>(out, gated(v128.load32_splat(g), v128.load32_splat(up)), 0);
    g += 4;
    up += 4;
    out += 4;
  }
}

// @ts-ignore: decorator
@inline
function gated(g: v128, up: v128): v128 {
  return f32x4.div(f32x4.mul(g, up), f32x4.add(f32x4.splat(1), exp(f32x4.neg(g))));
}

/** Sums over the rows of `[m, n]`, row after row, into `out [n]`; the next row is `stride` numbers further. */
export function sumRows(x: usize, stride: i32, m: i32, n: i32, out: usize): void {
  memory.fill(out, 0, <usize>n << 2);
  for (let j = 0; j < n; j += RUN) {
    const width = min(RUN, n - j);
    for (let i = 0; i < m; i++) addRow(place(out, j), place(x, i * stride + j), width);
  }
}

/** Adds a bias to every row, and a residual, where there are any. */
function addRows(c: usize, strideC: i32, m: i32, n: i32, bias: usize, residual: usize, strideResidual: i32): void {
  for (let i = 0; i < m; i++) {
    if (bias !== 0) addRow(place(c, i * strideC), bias, n);
    if (residual !== 0) addRow(place(c, i * strideC), place(residual, i * strideResidual), n);
  }
}
