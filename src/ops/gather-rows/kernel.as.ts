/** Rows of a table on the WASM backend. AssemblyScript: see `scripts/build-kernels.ts`. */

/** Copies the row of the table that each index names, for indices `from` to `to`. */
export function gatherRows(table: usize, indices: usize, out: usize, width: i32, from: i32, to: i32): void {
  const bytes = <usize>width << 2;
  for (let n = <usize>from; n < <usize>to; n++) {
    const source = table + <usize>load<i32>(indices + (n << 2)) * bytes;
    const target = out + n * bytes;
    let i: usize = 0;
    for (; i + 16 <= bytes; i += 16) v128.store(target + i, v128.load(source + i));
    for (; i < bytes; i += 4) store<f32>(target + i, load<f32>(source + i));
  }
}

/** Adds every row of the values to the row of the sums that its index names, in order, for columns `from` to `to`. */
export function addRows(values: usize, indices: usize, sums: usize, count: i32, width: i32, from: i32, to: i32): void {
  const bytes = <usize>width << 2;
  const end = <usize>to << 2;
  for (let n: usize = 0; n < <usize>count; n++) {
    const source = values + n * bytes;
    const target = sums + <usize>load<i32>(indices + (n << 2)) * bytes;
    let i = <usize>from << 2;
    for (; i + 16 <= end; i += 16) v128.store(target + i, f32x4.add(v128.load(target + i), v128.load(source + i)));
    for (; i < end; i += 4) store<f32>(target + i, load<f32>(target + i) + load<f32>(source + i));
  }
}
