/**
 * Products with packed matrices on the WASM backend. AssemblyScript: see `scripts/build-kernels.ts`. A block of the matrix is
 * unpacked into the processor's cache and multiplied there, so that the matrix is never in memory as floats.
 *
 * `x·Wᵀ` of one row, of up to `FEW`, and of more is summed in three orders, each the fastest for its rows: between these an entry is
 * the same up to rounding only. Within each, and in `dy·W` of any rows, it is the same to the bit.
 */
import { FEW, multiplyFew } from '../linear/few.as';
import { DEPTH, WIDE, layColumnsOfB, layRowsOfB, passRows, unusedScratch } from '../linear/panels.as';
import { multiplyAdd, sumOf } from '../wasm/simd.as';
import { place } from '../wasm/rows.as';
import { scratch } from '../wasm/scratch.as';
import { unpack } from './kernel.as';
import { multiplyVector } from './vector.as';

/** Rows of the matrix that few others are multiplied by at a time: 8 KiB of the first-level cache. */
const STRIP: i32 = 8;

/** Columns `from` to `to`, of `rows`, of `out [m, rows] = x [m, columns]·Wᵀ`. */
export function multiplyPacked(
  x: usize, m: i32, words: usize, scales: usize, rows: i32, columns: i32, bits: i32, out: usize, from: i32, to: i32,
): void {
  if (m === 1) {
    multiplyVector(x, words, scales, columns, bits, out, from, to);
    return;
  }
  const block = place(scratch, unusedScratch);
  const strip = m <= FEW ? STRIP : WIDE;
  for (let j = from; j < to; j += strip) {
    const width = min(strip, to - j);
    for (let p = 0; p < columns; p += DEPTH) {
      const depth = min(DEPTH, columns - p);
      unpack(words, scales, columns, bits, j, width, p, depth, block, depth);
      if (m <= FEW) {
        dots(place(x, p), columns, block, depth, place(out, j), rows, m, depth, width, p > 0);
      } else {
        layRowsOfB(block, depth, depth, width);
        passRows(place(x, p), columns, false, m, depth, width, place(out, j), rows, p > 0);
      }
    }
  }
}

/** Columns `from`, which begins a group, to `to` of `out [m, columns] = dy [m, rows]·W`. */
export function multiplyPackedBack(
  dy: usize, m: i32, words: usize, scales: usize, rows: i32, columns: i32, bits: i32, out: usize, from: i32, to: i32,
): void {
  const block = place(scratch, unusedScratch);
  for (let j = from; j < to; j += WIDE) {
    const width = min(WIDE, to - j);
    for (let p = 0; p < rows; p += DEPTH) {
      const depth = min(DEPTH, rows - p);
      unpack(words, scales, columns, bits, p, depth, j, width, block, width);
      if (m <= FEW) {
        multiplyFew(place(dy, p), rows, block, width, place(out, j), columns, m, depth, width, p > 0);
      } else {
        layColumnsOfB(block, width, depth, width);
        passRows(place(dy, p), rows, false, m, depth, width, place(out, j), columns, p > 0);
      }
    }
  }
}

/** `C = A·Bᵀ` of few rows, or adds it: sums in lanes, which need no rearrangement of B. */
function dots(a: usize, strideA: i32, b: usize, strideB: i32, c: usize, strideC: i32, m: i32, k: i32, n: i32, adds: bool): void {
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
