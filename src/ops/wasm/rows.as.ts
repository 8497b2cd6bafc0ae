/** Rows of 32-bit floats, of any length. AssemblyScript: see `scripts/build-kernels.ts`. */

/** The address of a number that lies so many after the one at `base`. */
// @ts-ignore: decorator
@inline
export function place(base: usize, numbers: usize): usize {
  return base + (numbers << 2);
}

/** Puts numbers where others are, or adds them to those. */
export function putRow(to: usize, from: usize, count: i32, adds: bool): void {
  if (adds) addRow(to, from, count);
  else memory.copy(to, from, <usize>count << 2);
}

/** Adds numbers to as many others. */
export function addRow(to: usize, from: usize, count: i32): void {
  const end = place(to, count & -4);
  while (to < end) {
    v128.store(to, f32x4.add(v128.load(to), v128.load(from)));
    to += 16;
    from += 16;
  }
  for (let i = count & 3; i > 0; i--) {
    store<f32>(to, load<f32>(to) + load<f32>(from));
    to += 4;
    from += 4;
  }
}
