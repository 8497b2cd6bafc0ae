/** Transposition of matrices of 32-bit floats. AssemblyScript: see `scripts/build-kernels.ts`. */
import { place } from './rows.as';

/** Floats `[rows, columns]`, `stride` apart, transposed into rows that lie `strideTo` apart. */
export function transpose(from: usize, stride: i32, rows: i32, columns: i32, to: usize, strideTo: i32): void {
  const wholeRows = rows & -4;
  const wholeColumns = columns & -4;
  for (let c = 0; c < wholeColumns; c += 4) {
    for (let r = 0; r < wholeRows; r += 4) transposeTile(place(from, r * stride + c), stride, place(to, c * strideTo + r), strideTo);
  }
  transposeSingly(place(from, wholeColumns), stride, wholeRows, columns - wholeColumns, place(to, wholeColumns * strideTo), strideTo);
  transposeSingly(place(from, wholeRows * stride), stride, rows - wholeRows, columns, place(to, wholeRows), strideTo);
}

// @ts-ignore: decorator
@inline
function transposeTile(from: usize, stride: i32, to: usize, strideTo: i32): void {
  const a = v128.load(from);
  const b = v128.load(place(from, stride));
  const c = v128.load(place(from, 2 * stride));
  const d = v128.load(place(from, 3 * stride));
  const lowAb = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const lowCd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  const highAb = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const highCd = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f32>(lowAb, lowCd, 0, 1, 4, 5));
  v128.store(place(to, strideTo), v128.shuffle<f32>(lowAb, lowCd, 2, 3, 6, 7));
  v128.store(place(to, 2 * strideTo), v128.shuffle<f32>(highAb, highCd, 0, 1, 4, 5));
  v128.store(place(to, 3 * strideTo), v128.shuffle<f32>(highAb, highCd, 2, 3, 6, 7));
}

function transposeSingly(from: usize, stride: i32, rows: i32, columns: i32, to: usize, strideTo: i32): void {
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) store<f32>(place(to, c * strideTo + r), load<f32>(place(from, r * stride + c)));
  }
}
