/**
 * Products of few rows of A, for which B is read once, as it lies. AssemblyScript: see `scripts/build-kernels.ts`.
 * Every entry is to the bit what `panels.as.ts` makes of it.
 */
import { multiplyAdd } from '../wasm/simd.as';
import { place, putRow } from '../wasm/rows.as';
import { scratch } from '../wasm/scratch.as';
import { DEPTH } from './panels.as';

/** Up to so many rows of A are few. */
export const FEW: i32 = 4;
/** Columns that are summed at a time. */
const RUN: i32 = 2048;
/** Rows of B that are multiplied together. */
const ROWS: i32 = 4;
/** Bytes that come into the cache together: as many as a tile has. */
const LINE: i32 = 64;

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

/**
 * `C = A·Bᵀ` of a single row, or adds it. B passes by four rows at a time, as it lies. Meanwhile the next four are touched line by
 * line in the order of the memory, in which a processor fetches ahead at full speed, as it does not in the order of the product.
 */
export function multiplyOneByRows(a: usize, b: usize, strideB: i32, c: usize, k: i32, n: i32, adds: bool): void {
  for (let j = 0; j < n; j += ROWS) {
    const width = min(ROWS, n - j);
    const next = place(b, ROWS * strideB);
    const hasNext = n - j >= 2 * ROWS;
    const to = place(c, j);
    // What sticks out of C is in the scratch.
    const tile = width === ROWS ? to : scratch;
    if (tile !== to) putRow(tile, to, width, false);
    // −0 is what changes nothing that is added to it.
    const before = adds ? v128.load(tile) : f32x4.splat(-0.0);
    const sum = sumFour(
      a, b, place(b, min(1, width - 1) * strideB), place(b, min(2, width - 1) * strideB), place(b, min(3, width - 1) * strideB), k,
      before, hasNext ? next : b, hasNext ? LINE : 0,
    );
    v128.store(tile, sum);
    if (tile !== to) putRow(to, tile, width, false);
    b = next;
  }
}

/**
 * Adds the products of a row of A with four rows of B. Two runs of `DEPTH` numbers are summed at a time, so that not every
 * addition waits for the one before.
 * @param ahead where to touch a line of so many bytes after another
 */
function sumFour(a: usize, b0: usize, b1: usize, b2: usize, b3: usize, k: i32, sum: v128, ahead: usize, line: usize): v128 {
  let touched = 0;
  for (let p = 0; p < k; p += 2 * DEPTH) {
    const first = min(DEPTH, k - p);
    const second = max(0, min(DEPTH, k - p - DEPTH));
    let x = f32x4.splat(0), y = x;
    let at = <usize>p << 2;
    let far = <usize>(p + DEPTH) << 2;
    let l = 0;
    for (; l + 4 <= second; l += 4) {
      touched |= load<i32>(ahead) | load<i32>(ahead + line);
      x = addTile(a + at, b0 + at, b1 + at, b2 + at, b3 + at, x);
      y = addTile(a + far, b0 + far, b1 + far, b2 + far, b3 + far, y);
      at += 16;
      far += 16;
      ahead += 2 * line;
    }
    for (let i = second & 3; i > 0; i--) {
      y = addColumn(a + far, b0 + far, b1 + far, b2 + far, b3 + far, y);
      far += 4;
    }
    for (; l + 4 <= first; l += 4) {
      touched |= load<i32>(ahead);
      x = addTile(a + at, b0 + at, b1 + at, b2 + at, b3 + at, x);
      at += 16;
      ahead += line;
    }
    for (let i = first & 3; i > 0; i--) {
      x = addColumn(a + at, b0 + at, b1 + at, b2 + at, b3 + at, x);
      at += 4;
    }
    sum = f32x4.add(sum, x);
    if (second > 0) sum = f32x4.add(sum, y);
  }
  // What is loaded to no purpose is not loaded.
  store<i32>(scratch, touched, ROWS << 2);
  return sum;
}

/** Adds four numbers of A times as many columns of four rows of B, a tile that is transposed in registers. */
// @ts-ignore: decorator
@inline
function addTile(a: usize, b0: usize, b1: usize, b2: usize, b3: usize, sum: v128): v128 {
  const r0 = v128.load(b0), r1 = v128.load(b1), r2 = v128.load(b2), r3 = v128.load(b3);
  const low01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5), high01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
  const low23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5), high23 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
  let x = multiplyAdd(v128.load32_splat(a), v128.shuffle<f32>(low01, low23, 0, 1, 4, 5), sum);
  x = multiplyAdd(v128.load32_splat(a, 4), v128.shuffle<f32>(low01, low23, 2, 3, 6, 7), x);
  x = multiplyAdd(v128.load32_splat(a, 8), v128.shuffle<f32>(high01, high23, 0, 1, 4, 5), x);
  return multiplyAdd(v128.load32_splat(a, 12), v128.shuffle<f32>(high01, high23, 2, 3, 6, 7), x);
}

/** Adds a number of A times a column of four rows of B. */
// @ts-ignore: decorator
@inline
function addColumn(a: usize, b0: usize, b1: usize, b2: usize, b3: usize, sum: v128): v128 {
  const low = v128.load_lane<f32>(b1, v128.load32_splat(b0), 1);
  return multiplyAdd(v128.load32_splat(a), v128.load_lane<f32>(b3, v128.load_lane<f32>(b2, low, 2), 3), sum);
}
