/**
 * Products of at most four rows of A, for which B is read once, as it lies. AssemblyScript: see `scripts/build-kernels.ts`.
 * An entry of A·B is to the bit what `panels.as.ts` makes of it; one of A·Bᵀ is summed in lanes, in another order.
 */
import { multiplyAdd, sumOf } from '../wasm/simd.as';
import { place, putRow } from '../wasm/rows.as';
import { scratch } from '../wasm/scratch.as';
import { DEPTH } from './panels.as';

/** Up to so many rows of A are few. */
export const FEW: i32 = 4;
/** Columns that are summed at a time. */
const RUN: i32 = 2048;

/** `C = A·B` of at most four rows, or adds it. B passes by four rows at a time, and C's sums stay in the first-level cache. */
export function multiplyFew(
  a: usize, strideA: i32, b: usize, strideB: i32, c: usize, strideC: i32, m: i32, k: i32, n: i32, adds: bool,
): void {
  for (let p = 0; p < k; p += DEPTH) {
    const depth = min(DEPTH, k - p);
    for (let j = 0; j < n; j += RUN) {
      const width = min(RUN, n - j);
      memory.fill(scratch, 0, <usize>(m * width) << 2);
      let l = 0;
      for (; l + 4 <= depth; l += 4) {
        for (let i = 0; i < m; i++) {
          addFour(place(scratch, i * width), place(a, i * strideA + p + l), place(b, (p + l) * strideB + j), strideB, width);
        }
      }
      for (; l < depth; l++) {
        for (let i = 0; i < m; i++) {
          addOne(place(scratch, i * width), place(a, i * strideA + p + l), place(b, (p + l) * strideB + j), width);
        }
      }
      for (let i = 0; i < m; i++) putRow(place(c, i * strideC + j), place(scratch, i * width), width, adds || p > 0);
    }
  }
}

/** Adds four rows of B, each times a number of A. */
function addFour(sum: usize, a: usize, b: usize, strideB: i32, width: i32): void {
  const s0 = v128.load32_splat(a), s1 = v128.load32_splat(a, 4), s2 = v128.load32_splat(a, 8), s3 = v128.load32_splat(a, 12);
  let b1 = place(b, strideB);
  let b2 = place(b1, strideB);
  let b3 = place(b2, strideB);
  const end = place(sum, width & -4);
  while (sum < end) {
    let x = multiplyAdd(s0, v128.load(b), v128.load(sum));
    x = multiplyAdd(s1, v128.load(b1), x);
    x = multiplyAdd(s2, v128.load(b2), x);
    v128.store(sum, multiplyAdd(s3, v128.load(b3), x));
    sum += 16;
    b += 16;
    b1 += 16;
    b2 += 16;
    b3 += 16;
  }
  for (let i = width & 3; i > 0; i--) {
    let x = multiplyAdd(s0, v128.load32_splat(b), v128.load32_splat(sum));
    x = multiplyAdd(s1, v128.load32_splat(b1), x);
    x = multiplyAdd(s2, v128.load32_splat(b2), x);
    v128.store_lane<f32>(sum, multiplyAdd(s3, v128.load32_splat(b3), x), 0);
    sum += 4;
    b += 4;
    b1 += 4;
    b2 += 4;
    b3 += 4;
  }
}

/** Adds a row of B times a number of A. */
function addOne(sum: usize, a: usize, b: usize, width: i32): void {
  const s = v128.load32_splat(a);
  const end = place(sum, width & -4);
  while (sum < end) {
    v128.store(sum, multiplyAdd(s, v128.load(b), v128.load(sum)));
    sum += 16;
    b += 16;
  }
  for (let i = width & 3; i > 0; i--) {
    v128.store_lane<f32>(sum, multiplyAdd(s, v128.load32_splat(b), v128.load32_splat(sum)), 0);
    sum += 4;
    b += 4;
  }
}

/** `C = A·Bᵀ` of few rows, or adds it. B passes by row after row, as it lies in memory. */
export function dots(a: usize, strideA: i32, b: usize, strideB: i32, c: usize, strideC: i32, m: i32, k: i32, n: i32, adds: bool): void {
  for (let j = 0; j < n; j++) {
    for (let i = 0; i < m; i++) {
      const to = place(c, i * strideC + j);
      const sum = dot(place(a, i * strideA), b, k);
      store<f32>(to, adds ? load<f32>(to) + sum : sum);
    }
    b = place(b, strideB);
  }
}

/** Sixteen products at a time, so that no addition waits for the one before; then what is left. */
function dot(a: usize, b: usize, count: i32): f32 {
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
  const end = place(a, count & -16);
  while (a < end) {
    s0 = multiplyAdd(v128.load(a), v128.load(b), s0);
    s1 = multiplyAdd(v128.load(a, 16), v128.load(b, 16), s1);
    s2 = multiplyAdd(v128.load(a, 32), v128.load(b, 32), s2);
    s3 = multiplyAdd(v128.load(a, 48), v128.load(b, 48), s3);
    a += 64;
    b += 64;
  }
  let sum = sumOf(f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3)));
  for (let i = count & 15; i > 0; i--) {
    sum += load<f32>(a) * load<f32>(b);
    a += 4;
    b += 4;
  }
  return sum;
}
