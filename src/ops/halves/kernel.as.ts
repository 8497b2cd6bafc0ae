/** Floats to IEEE halves and back. AssemblyScript: see `scripts/build-kernels.ts`. */

/** Four floats as halves in the low parts of four words: nearest, ties to even, never beyond 65504. */
// @ts-ignore: decorator
@inline
function narrow(x: v128): v128 {
  const sign = v128.and(i32x4.shr_u(x, 16), i32x4.splat(0x8000));
  const magnitude = i32x4.min_u(v128.and(x, i32x4.splat(0x7fffffff)), i32x4.splat(0x477fe000));
  // The exponent's bias falls by 112, and the last 13 bits are rounded away.
  const odd = v128.and(i32x4.shr_u(magnitude, 13), i32x4.splat(1));
  const normal = i32x4.shr_u(i32x4.add(i32x4.add(magnitude, i32x4.splat(0xfff - 0x38000000)), odd), 13);
  // A half below 2^-14 counts steps of 2^-24, which is what the last bit of 0.5 and a little is worth.
  const subnormal = i32x4.sub(f32x4.add(magnitude, f32x4.splat(0.5)), f32x4.splat(0.5));
  return v128.or(sign, v128.bitselect(subnormal, normal, i32x4.lt_u(magnitude, i32x4.splat(0x38800000))));
}

/** Four halves in the low parts of four words as floats. */
// @ts-ignore: decorator
@inline
function widen(half: v128): v128 {
  const magnitude = v128.and(half, i32x4.splat(0x7fff));
  const normal = i32x4.add(i32x4.shl(magnitude, 13), i32x4.splat(0x38000000));
  const subnormal = f32x4.mul(f32x4.convert_i32x4_u(magnitude), f32x4.splat(5.9604644775390625e-8));
  const bits = v128.bitselect(subnormal, normal, i32x4.lt_u(magnitude, i32x4.splat(0x400)));
  return v128.or(bits, i32x4.shl(v128.and(half, i32x4.splat(0x8000)), 16));
}

export function toHalves(x: usize, halves: usize, size: i32): void {
  let i = 0;
  for (; i + 8 <= size; i += 8) {
    v128.store(halves, i16x8.narrow_i32x4_u(narrow(v128.load(x)), narrow(v128.load(x, 16))));
    x += 32;
    halves += 16;
  }
  for (; i < size; i++) {
    store<u16>(halves, <u16>i32x4.extract_lane(narrow(i32x4.splat(load<i32>(x))), 0));
    x += 4;
    halves += 2;
  }
}

export function fromHalves(halves: usize, x: usize, size: i32): void {
  let i = 0;
  for (; i + 4 <= size; i += 4) {
    v128.store(x, widen(v128.load16x4_u(halves)));
    x += 16;
    halves += 8;
  }
  for (; i < size; i++) {
    store<i32>(x, i32x4.extract_lane(widen(i32x4.splat(<i32>load<u16>(halves))), 0));
    x += 4;
    halves += 2;
  }
}
