/**
 * Products of many rows, block by block. AssemblyScript: see `scripts/build-kernels.ts`.
 *
 * The part of B that a block of C needs is first laid out as panels of 8 columns, number after number as the innermost loop reads
 * them, and stays in the cache while all rows of A pass by it, four at a time. An entry is the sum, in order, of at most
 * `DEPTH` products, or what these are added to, whatever rows and columns are around it.
 */
import { multiplyAdd } from '../wasm/simd.as';
import { place, putRow } from '../wasm/rows.as';
import { scratch } from '../wasm/scratch.as';
import { transpose } from '../wasm/transpose.as';

/** Columns of a panel, and rows that pass by it together: as many sums as there are registers for. */
export const PANEL: i32 = 8;
const ROWS: i32 = 4;
/** Products that are summed at a time. A panel of so many rows takes 8 KiB of the first-level cache. */
export const DEPTH: i32 = 256;
/** Columns and rows of a block: 128 KiB of B and of A in the second-level cache. */
export const WIDE: i32 = 128;
const TALL: i32 = 128;
/** Rows that are laid out at a time: some lines of the first-level cache for each panel. */
const LINES: i32 = 8;

/** What is in the scratch, in numbers: the panels of B, the rows of A, a tile that sticks out of C, and what others put there. */
const panelsOfB: usize = 0;
const rowsOfA: usize = DEPTH * WIDE;
const overhang: usize = rowsOfA + DEPTH * TALL;
export const unusedScratch: usize = overhang + ROWS * PANEL;

/**
 * `C [m, width] = A [m, depth]·B`, or adds it to C: B is what has been laid out.
 * @param transposedA A lies as `[depth, m]`
 */
export function passRows(
  a: usize, strideA: i32, transposedA: bool, m: i32, depth: i32, width: i32, c: usize, strideC: i32, adds: bool,
): void {
  const rows = place(scratch, rowsOfA);
  for (let i = 0; i < m; i += TALL) {
    const height = min(TALL, m - i);
    const block = place(c, i * strideC);
    if (transposedA) {
      layColumnsOfA(place(a, i), strideA, depth, height, rows);
      multiplyBlock(rows, depth * ROWS, 1, ROWS, depth, height, width, block, strideC, adds);
    } else {
      multiplyBlock(place(a, i * strideA), ROWS * strideA, strideA, 1, depth, height, width, block, strideC, adds);
    }
  }
}

/** Lays rows of B, `[depth, width]`, out as panels; what is missing to the last panel's columns is 0. */
export function layColumnsOfB(from: usize, stride: i32, depth: i32, width: i32): void {
  const panels = place(scratch, panelsOfB);
  const whole = width & -PANEL;
  for (let p = 0; p < depth; p += LINES) {
    const end = min(p + LINES, depth);
    for (let j = 0; j < whole; j += PANEL) {
      let row = place(from, p * stride + j);
      let to = place(panels, j * depth + p * PANEL);
      for (let l = p; l < end; l++) {
        v128.store(to, v128.load(row));
        v128.store(to, v128.load(row, 16), 16);
        row = place(row, stride);
        to += PANEL << 2;
      }
    }
  }
  if (whole < width) laySingly(place(from, whole), stride, depth, width - whole, place(panels, whole * depth), PANEL);
}

/** Lays rows of Bᵀ, `[width, depth]`, out as panels of their transpose. */
export function layRowsOfB(from: usize, stride: i32, depth: i32, width: i32): void {
  const panels = place(scratch, panelsOfB);
  for (let j = 0; j < width; j += PANEL) {
    const panel = place(panels, j * depth);
    const columns = min(PANEL, width - j);
    if (columns < PANEL) memory.fill(panel, 0, <usize>(depth * PANEL) << 2);
    transpose(place(from, j * stride), stride, columns, depth, panel, PANEL);
  }
}

/** Lays rows of Aᵀ, `[depth, height]`, out four columns at a time; what is missing to the last four is 0. */
function layColumnsOfA(from: usize, stride: i32, depth: i32, height: i32, rows: usize): void {
  const whole = height & -ROWS;
  for (let p = 0; p < depth; p += LINES) {
    const end = min(p + LINES, depth);
    for (let i = 0; i < whole; i += ROWS) {
      let row = place(from, p * stride + i);
      let to = place(rows, i * depth + p * ROWS);
      for (let l = p; l < end; l++) {
        v128.store(to, v128.load(row));
        row = place(row, stride);
        to += ROWS << 2;
      }
    }
  }
  if (whole < height) laySingly(place(from, whole), stride, depth, height - whole, place(rows, whole * depth), ROWS);
}

/** The last columns, too few for a whole panel of `full`. */
function laySingly(from: usize, stride: i32, depth: i32, width: i32, to: usize, full: i32): void {
  memory.fill(to, 0, <usize>(depth * full) << 2);
  for (let p = 0; p < depth; p++) {
    for (let j = 0; j < width; j++) store<f32>(place(to, p * full + j), load<f32>(place(from, p * stride + j)));
  }
}

/** A block of C from rows of A and the panels. Four rows lie `nextA` apart, one `rowA`, and its numbers `stepA`. */
function multiplyBlock(
  a: usize, nextA: i32, rowA: i32, stepA: i32, depth: i32, height: i32, width: i32, c: usize, strideC: i32, adds: bool,
): void {
  for (let j = 0; j < width; j += PANEL) {
    const panel = place(scratch, panelsOfB + j * depth);
    if (width - j >= PANEL) multiplyPanel(a, nextA, rowA, stepA, panel, depth, height, place(c, j), strideC, adds);
    else multiplyLastPanel(a, nextA, rowA, stepA, panel, depth, height, width - j, place(c, j), strideC, adds);
  }
}

/** Eight columns of C. Beyond the last row it is repeated. */
function multiplyPanel(
  a: usize, nextA: i32, rowA: i32, stepA: i32, panel: usize, depth: i32, height: i32, c: usize, strideC: i32, adds: bool,
): void {
  const step = <usize>stepA << 2;
  const end = place(panel, depth * PANEL);
  for (let i = 0; i < height; i += ROWS) {
    const last = height - 1 - i;
    let a0 = a;
    let a1 = place(a, min(1, last) * rowA);
    let a2 = place(a, min(2, last) * rowA);
    let a3 = place(a, min(3, last) * rowA);
    let x0 = f32x4.splat(0), x1 = x0, x2 = x0, x3 = x0, y0 = x0, y1 = x0, y2 = x0, y3 = x0;
    let b = panel;
    do {
      const low = v128.load(b);
      const high = v128.load(b, 16);
      let s = v128.load32_splat(a0);
      x0 = multiplyAdd(s, low, x0);
      y0 = multiplyAdd(s, high, y0);
      s = v128.load32_splat(a1);
      x1 = multiplyAdd(s, low, x1);
      y1 = multiplyAdd(s, high, y1);
      s = v128.load32_splat(a2);
      x2 = multiplyAdd(s, low, x2);
      y2 = multiplyAdd(s, high, y2);
      s = v128.load32_splat(a3);
      x3 = multiplyAdd(s, low, x3);
      y3 = multiplyAdd(s, high, y3);
      a0 += step;
      a1 += step;
      a2 += step;
      a3 += step;
      b += PANEL << 2;
    } while (b < end);
    const c1 = place(c, min(1, last) * strideC);
    const c2 = place(c, min(2, last) * strideC);
    const c3 = place(c, min(3, last) * strideC);
    if (adds) {
      x0 = f32x4.add(v128.load(c), x0);
      y0 = f32x4.add(v128.load(c, 16), y0);
      x1 = f32x4.add(v128.load(c1), x1);
      y1 = f32x4.add(v128.load(c1, 16), y1);
      x2 = f32x4.add(v128.load(c2), x2);
      y2 = f32x4.add(v128.load(c2, 16), y2);
      x3 = f32x4.add(v128.load(c3), x3);
      y3 = f32x4.add(v128.load(c3, 16), y3);
    }
    // From the last on, so that a repeated row ends as the row itself.
    v128.store(c3, x3);
    v128.store(c3, y3, 16);
    v128.store(c2, x2);
    v128.store(c2, y2, 16);
    v128.store(c1, x1);
    v128.store(c1, y1, 16);
    v128.store(c, x0);
    v128.store(c, y0, 16);
    a = place(a, nextA);
    c = place(c, ROWS * strideC);
  }
}

/** The last columns of C where they are fewer than eight: by way of a tile in the scratch. */
function multiplyLastPanel(
  a: usize, nextA: i32, rowA: i32, stepA: i32, panel: usize, depth: i32, height: i32, width: i32, c: usize, strideC: i32, adds: bool,
): void {
  const tile = place(scratch, overhang);
  for (let i = 0; i < height; i += ROWS) {
    const rows = min(ROWS, height - i);
    multiplyPanel(a, nextA, rowA, stepA, panel, depth, rows, tile, PANEL, false);
    for (let r = 0; r < rows; r++) putRow(place(c, (i + r) * strideC), place(tile, r * PANEL), width, adds);
    a = place(a, nextA);
  }
}
