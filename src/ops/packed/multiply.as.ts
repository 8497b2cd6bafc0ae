/**
 * Products with packed matrices on the WASM backend. AssemblyScript: see `scripts/build-kernels.ts`. A block of the matrix is
 * unpacked into the processor's cache and multiplied there, so that the matrix is never in memory as floats.
 */
import { FEW, dots, multiplyFew } from '../linear/few.as';
import { DEPTH, WIDE, layColumnsOfB, layRowsOfB, passRows, unusedScratch } from '../linear/panels.as';
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
