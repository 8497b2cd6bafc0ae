/**
 * Products of small blocks that lie packed in scratch memory, and how they get there. It knows nothing of attention.
 * AssemblyScript: see `scripts/build-kernels.ts`.
 *
 * Every product is a sum over `depth` of four numbers times eight, so each side lies as the sum walks it: the left in groups of
 * four rows, the right in groups of eight columns. Edges are dealt with where blocks are packed and unpacked, nowhere else.
 */
import { multiplyAdd } from '../wasm/simd.as';

/** A count brought up to whole groups of 4 or 8. */
// @ts-ignore: decorator
@inline
export function wholeGroups(count: i32, group: i32): i32 {
  return (count + group - 1) / group * group;
}

/**
 * C, 4×8, = (or, where it `adds`, +=) A·B, with A as four numbers every `stepA` bytes, and B as eight numbers after eight. Sums go
 * in the order of depth. With as many sums as this, both multipliers of a core stay busy and all fit 16 registers.
 */
export function multiplyTile(a: usize, stepA: usize, b: usize, depth: i32, c: usize, rowC: usize, adds: bool): void {
  const c1 = c + rowC;
  const c2 = c1 + rowC;
  const c3 = c2 + rowC;
  let x0 = f32x4.splat(0), x1 = x0, x2 = x0, x3 = x0, y0 = x0, y1 = x0, y2 = x0, y3 = x0;
  if (adds) {
    x0 = v128.load(c);
    y0 = v128.load(c, 16);
    x1 = v128.load(c1);
    y1 = v128.load(c1, 16);
    x2 = v128.load(c2);
    y2 = v128.load(c2, 16);
    x3 = v128.load(c3);
    y3 = v128.load(c3, 16);
  }
  for (; depth > 0; depth--) {
    const left = v128.load(b);
    const right = v128.load(b, 16);
    let by = v128.load32_splat(a);
    x0 = multiplyAdd(by, left, x0);
    y0 = multiplyAdd(by, right, y0);
    by = v128.load32_splat(a, 4);
    x1 = multiplyAdd(by, left, x1);
    y1 = multiplyAdd(by, right, y1);
    by = v128.load32_splat(a, 8);
    x2 = multiplyAdd(by, left, x2);
    y2 = multiplyAdd(by, right, y2);
    by = v128.load32_splat(a, 12);
    x3 = multiplyAdd(by, left, x3);
    y3 = multiplyAdd(by, right, y3);
    a += stepA;
    b += 32;
  }
  v128.store(c, x0);
  v128.store(c, y0, 16);
  v128.store(c1, x1);
  v128.store(c1, y1, 16);
  v128.store(c2, x2);
  v128.store(c2, y2, 16);
  v128.store(c3, x3);
  v128.store(c3, y3, 16);
}

/**
 * Packs rows, times a factor, so that a product sums over their columns: groups of `group` (4 or 8) rows, each column after column.
 * The last row is repeated to fill its group.
 * @param rowBytes from one row, as it lies, to the next
 */
export function packRows(from: usize, rowBytes: usize, rows: i32, columns: i32, group: i32, factor: f32, to: usize): void {
  const step = <usize>group * 4;
  const factors = f32x4.splat(factor);
  for (let row = 0; row < wholeGroups(rows, group); row += 4) {
    const r0 = from + <usize>min(row, rows - 1) * rowBytes;
    const r1 = from + <usize>min(row + 1, rows - 1) * rowBytes;
    const r2 = from + <usize>min(row + 2, rows - 1) * rowBytes;
    const r3 = from + <usize>min(row + 3, rows - 1) * rowBytes;
    let at = to + <usize>(row / group * group * columns + row % group) * 4;
    let column: usize = 0;
    for (const whole = <usize>(columns & ~3) * 4; column < whole; column += 16) {
      storeTransposed(
        f32x4.mul(factors, v128.load(r0 + column)), f32x4.mul(factors, v128.load(r1 + column)),
        f32x4.mul(factors, v128.load(r2 + column)), f32x4.mul(factors, v128.load(r3 + column)), at, step,
      );
      at += 4 * step;
    }
    for (const end = <usize>columns * 4; column < end; column += 4) {
      store<f32>(at, factor * load<f32>(r0 + column));
      store<f32>(at, factor * load<f32>(r1 + column), 4);
      store<f32>(at, factor * load<f32>(r2 + column), 8);
      store<f32>(at, factor * load<f32>(r3 + column), 12);
      at += step;
    }
  }
}

/**
 * Packs rows, times a factor, so that a product sums over them: groups of eight columns, each row after row. Zeros fill the last
 * group.
 * @param groupRows for how many rows a group has room
 */
export function packColumns(from: usize, rowBytes: usize, rows: i32, columns: i32, factor: f32, to: usize, groupRows: i32): void {
  for (let column = 0; column < columns; column += 8) {
    let source = from + <usize>column * 4;
    let at = to + <usize>(column * groupRows) * 4;
    const width = min(8, columns - column);
    for (let row = 0; row < rows; row++) {
      if (width == 8) {
        v128.store(at, f32x4.mul(f32x4.splat(factor), v128.load(source)));
        v128.store(at, f32x4.mul(f32x4.splat(factor), v128.load(source, 16)), 16);
      } else {
        memory.fill(at, 0, 32);
        copyScaled(source, width, factor, at);
      }
      source += rowBytes;
      at += 32;
    }
  }
}

/** Numbers times a factor. */
export function copyScaled(from: usize, count: i32, factor: f32, to: usize): void {
  let at: usize = 0;
  for (const whole = <usize>(count & ~3) * 4; at < whole; at += 16) {
    v128.store(to + at, f32x4.mul(f32x4.splat(factor), v128.load(from + at)));
  }
  for (const end = <usize>count * 4; at < end; at += 4) store<f32>(to + at, factor * load<f32>(from + at));
}

/** Stores four columns, `step` bytes apart, of which the four rows are given. */
// @ts-ignore: decorator
@inline
export function storeTransposed(r0: v128, r1: v128, r2: v128, r3: v128, to: usize, step: usize): void {
  const low01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
  const high01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
  const low23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
  const high23 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f32>(low01, low23, 0, 1, 4, 5));
  v128.store(to + step, v128.shuffle<f32>(low01, low23, 2, 3, 6, 7));
  v128.store(to + 2 * step, v128.shuffle<f32>(high01, high23, 0, 1, 4, 5));
  v128.store(to + 3 * step, v128.shuffle<f32>(high01, high23, 2, 3, 6, 7));
}
