/**
 * Frozen weights into and out of their packed forms (the layout is in `matrix.ts`), on the WASM backend. AssemblyScript: see
 * `scripts/build-kernels.ts`.
 *
 * All matrices are row-major. `bits` is 16 (halves), 8 or 4 (codes in groups of 32 columns). Whole groups are worked on
 * sixteen bytes at a time, what is left of a row number by number by the same arithmetic. Rows and columns are at least 1.
 * Nothing here is fused: a number is the same to the bit as on the host.
 */
import { place } from '../wasm/rows.as';

/** Columns that share a scale and a zero. */
export const GROUP: i32 = 32;
/** The largest half. */
const LARGEST: f32 = 65504;

// ---- Single numbers, four at a time ----

/** Halves as floats: exact, subnormals, infinities and NaN included. Read as the top of a float, a half is 2^112 too small. */
// @ts-ignore: decorator
@inline
function widen(half: v128): v128 {
  const magnitude = v128.and(half, i32x4.splat(0x7fff));
  const small = f32x4.mul(i32x4.shl(magnitude, 13), v128.splat<u32>(0x77800000));
  const infinite = v128.and(i32x4.gt_s(magnitude, i32x4.splat(0x7bff)), v128.splat<u32>(0x7f800000));
  return v128.or(v128.or(small, infinite), i32x4.shl(v128.xor(half, magnitude), 16));
}

/** As {@link widen}, in fewer steps, of halves whose signs are extended and which are finite, as all packed ones are. */
// @ts-ignore: decorator
@inline
export function widenFinite(half: v128): v128 {
  return f32x4.mul(v128.and(i32x4.shl(half, 13), v128.splat<u32>(0x8fffffff)), v128.splat<u32>(0x77800000));
}

/** Floats as halves: nearest, ties to even, and never beyond 65504. */
// @ts-ignore: decorator
@inline
function narrow(float: v128): v128 {
  const absolute = v128.and(float, v128.splat<u32>(0x7fffffff));
  const sign = i32x4.shr_u(v128.xor(float, absolute), 16);
  const magnitude = i32x4.min_s(absolute, v128.splat<u32>(0x477fe000));
  // A subnormal half counts steps of 2^-24, which is what the addition of 0.5 rounds to.
  const subnormal = i32x4.sub(f32x4.add(magnitude, f32x4.splat(0.5)), f32x4.splat(0.5));
  // The exponent's bias falls by 112; a carry out of the fraction moves into it.
  const odd = v128.and(i32x4.shr_u(magnitude, 13), i32x4.splat(1));
  const normal = i32x4.shr_u(i32x4.add(i32x4.sub(magnitude, v128.splat<u32>(0x37fff001)), odd), 13);
  return v128.or(sign, v128.bitselect(subnormal, normal, i32x4.lt_s(magnitude, v128.splat<u32>(0x38800000))));
}

// ---- Runs of numbers ----

/** `count` IEEE halves as floats. */
export function widenHalf(from: usize, to: usize, count: i32): void {
  for (; count >= 4; count -= 4) {
    v128.store(to, widen(v128.load16x4_u(from)));
    from += 8;
    to += 16;
  }
  for (; count > 0; count--) {
    v128.store_lane<f32>(to, widen(i32x4.splat(load<u16>(from))), 0);
    from += 2;
    to += 4;
  }
}

/** `count` bfloat16 numbers as floats: each is the upper half of one. */
export function widenBrain(from: usize, to: usize, count: i32): void {
  for (; count >= 4; count -= 4) {
    v128.store(to, i32x4.shl(v128.load16x4_u(from), 16));
    from += 8;
    to += 16;
  }
  for (; count > 0; count--) {
    store<u32>(to, <u32>load<u16>(from) << 16);
    from += 2;
    to += 4;
  }
}

/** An odd row ends with a half of zero. */
function narrowRow(from: usize, to: usize, count: i32): void {
  const odd = (count & 1) === 1;
  for (; count >= 8; count -= 8) {
    v128.store(to, i16x8.narrow_i32x4_u(narrow(v128.load(from)), narrow(v128.load(from, 16))));
    from += 32;
    to += 16;
  }
  for (; count > 0; count--) {
    v128.store_lane<u16>(to, narrow(v128.load32_splat(from)), 0);
    from += 4;
    to += 2;
  }
  if (odd) store<u16>(to, 0);
}

// ---- Packing ----

/** Bytes of a row's words, and of its scales. */
export function wordBytes(columns: i32, bits: i32): i32 {
  return (columns * bits + 31) / 32 * 4;
}

export function scaleBytes(columns: i32): i32 {
  return (columns + GROUP - 1) / GROUP * 4;
}

/** Floats `[rows, columns]` as the words, and for int8 and int4 the scales, of as many packed rows. */
export function pack(from: usize, rows: i32, columns: i32, bits: i32, words: usize, scales: usize): void {
  for (let row = 0; row < rows; row++) {
    if (bits === 16) narrowRow(from, words, columns);
    else packRow(from, columns, bits, words, scales);
    from = place(from, columns);
    words += wordBytes(columns, bits);
    scales += scaleBytes(columns);
  }
}

function packRow(from: usize, columns: i32, bits: i32, words: usize, scales: usize): void {
  const levels = f32x4.splat(<f32>((1 << bits) - 1));
  const reciprocal = f32x4.div(f32x4.splat(1), levels);
  for (let left = columns; left > 0; left -= GROUP) {
    const count = min(left, GROUP);
    const low = f32x4.splat(bounded(least(from, count)));
    const high = f32x4.splat(bounded(-least(from, count, -1)));
    // Scale and zero are halves before a code is computed, so that the codes fit what is read back. Lanes 0 and 1.
    const step = f32x4.mul(f32x4.sub(high, low), reciprocal);
    const halves = narrow(v128.shuffle<f32>(step, low, 0, 4, 0, 4));
    store<u16>(scales, <u16>i32x4.extract_lane(halves, 0));
    store<u16>(scales, <u16>i32x4.extract_lane(halves, 1), 2);
    const back = widen(halves);
    const scale = f32x4.splat(f32x4.extract_lane(back, 0));
    const zero = f32x4.splat(f32x4.extract_lane(back, 1));
    const inverse = v128.and(f32x4.div(f32x4.splat(1), scale), f32x4.gt(scale, f32x4.splat(0)));
    if (count < GROUP) packRest(from, count, bits, words, zero, inverse, levels);
    else packGroup(from, bits, words, zero, inverse, levels);
    from += GROUP << 2;
    words += bits << 2;
    scales += 4;
  }
}

function packGroup(from: usize, bits: i32, words: usize, zero: v128, inverse: v128, levels: v128): void {
  const low = sixteen(from, zero, inverse, levels);
  const high = sixteen(from + 64, zero, inverse, levels);
  if (bits === 8) {
    v128.store(words, low);
    v128.store(words, high, 16);
  } else {
    v128.store(words, i8x16.narrow_i16x8_u(nibbles(low), nibbles(high)));
  }
}

/** The least of a group's numbers, each times a sign. */
function least(from: usize, count: i32, sign: f32 = 1): f32 {
  const signs = f32x4.splat(sign);
  let low = f32x4.mul(v128.load32_splat(from), signs);
  const end = place(from, count);
  for (; from + 16 <= end; from += 16) low = f32x4.pmin(low, f32x4.mul(v128.load(from), signs));
  for (; from < end; from += 4) low = f32x4.pmin(low, f32x4.mul(v128.load32_splat(from), signs));
  low = f32x4.pmin(low, v128.shuffle<f32>(low, low, 2, 3, 0, 1));
  return min(f32x4.extract_lane(low, 0), f32x4.extract_lane(low, 1));
}

function bounded(x: f32): f32 {
  return min(LARGEST, max(-LARGEST, x));
}

/**
 * ⌊(w − zero) / scale + 1/2⌋, at least 0 and at most the number of levels, as what that adds to the bits of 2^23: the code is the
 * lowest byte of each lane.
 */
// @ts-ignore: decorator
@inline
function codes(weights: v128, zero: v128, inverse: v128, levels: v128): v128 {
  const steps = f32x4.add(f32x4.splat(0.5), f32x4.mul(f32x4.sub(weights, zero), inverse));
  return f32x4.add(f32x4.splat(8388608), f32x4.floor(f32x4.pmin(levels, f32x4.pmax(f32x4.splat(0), steps))));
}

/** The codes of sixteen numbers as bytes, put together in two steps. */
function sixteen(from: usize, zero: v128, inverse: v128, levels: v128): v128 {
  const a = codes(v128.load(from), zero, inverse, levels);
  const b = codes(v128.load(from, 16), zero, inverse, levels);
  const c = codes(v128.load(from, 32), zero, inverse, levels);
  const d = codes(v128.load(from, 48), zero, inverse, levels);
  const ab = v128.shuffle<u16>(a, b, 0, 2, 4, 6, 8, 10, 12, 14);
  const cd = v128.shuffle<u16>(c, d, 0, 2, 4, 6, 8, 10, 12, 14);
  return v128.shuffle<u8>(ab, cd, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
}

/** Each pair of bytes as one, in lanes of 16 bits. */
// @ts-ignore: decorator
@inline
function nibbles(bytes: v128): v128 {
  return v128.and(v128.or(bytes, i16x8.shr_u(bytes, 4)), i16x8.splat(0xff));
}

/** What is left of a row, less than a group. */
function packRest(from: usize, count: i32, bits: i32, words: usize, zero: v128, inverse: v128, levels: v128): void {
  let word: u32 = 0;
  let shift = 0;
  for (let i = 1; i <= count; i++) {
    word |= <u32>i8x16.extract_lane_u(codes(v128.load32_splat(from), zero, inverse, levels), 0) << shift;
    shift += bits;
    if (shift === 32 || i === count) {
      store<u32>(words, word);
      words += 4;
      word = 0;
      shift = 0;
    }
    from += 4;
  }
}

// ---- Unpacking ----

/**
 * A part of a packed matrix of so many columns as floats: rows from `row` on, `count` columns from `column` on, which begins a
 * group. The rows of the result lie `stride` numbers apart.
 */
export function unpack(
  words: usize, scales: usize, columns: i32, bits: i32, row: i32, rows: i32, column: i32, count: i32, to: usize, stride: i32,
): void {
  words += row * wordBytes(columns, bits) + column * bits / 8;
  scales += row * scaleBytes(columns) + column / GROUP * 4;
  for (let r = 0; r < rows; r++) {
    if (bits === 16) widenHalf(words, to, count);
    else unpackRow(words, scales, count, bits, to);
    words += wordBytes(columns, bits);
    scales += scaleBytes(columns);
    to = place(to, stride);
  }
}

function unpackRow(words: usize, scales: usize, columns: i32, bits: i32, to: usize): void {
  for (let left = columns; left > 0; left -= GROUP) {
    const both = affineOf(scales);
    const scale = scaleOf(both);
    const zero = zeroOf(both);
    if (left < GROUP) {
      unpackRest(words, left, bits, to, f32x4.extract_lane(scale, 0), f32x4.extract_lane(zero, 0));
    } else if (bits === 8) {
      spread(v128.load(words), scale, zero, to);
      spread(v128.load(words, 16), scale, zero, to + 64);
    } else {
      const pairs = v128.load(words);
      spread(firstCodes(pairs), scale, zero, to);
      spread(lastCodes(pairs), scale, zero, to + 64);
    }
    words += bits << 2;
    scales += 4;
    to += GROUP << 2;
  }
}

/** Of 32 codes of 4 bits the first sixteen, a byte each. */
// @ts-ignore: decorator
@inline
export function firstCodes(pairs: v128): v128 {
  return v128.shuffle<u8>(evenCodes(pairs), oddCodes(pairs), 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}

// @ts-ignore: decorator
@inline
export function lastCodes(pairs: v128): v128 {
  return v128.shuffle<u8>(evenCodes(pairs), oddCodes(pairs), 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
}

// @ts-ignore: decorator
@inline
function evenCodes(pairs: v128): v128 {
  return v128.and(pairs, i8x16.splat(15));
}

/** There is no shift of bytes but in several steps. */
// @ts-ignore: decorator
@inline
function oddCodes(pairs: v128): v128 {
  return v128.and(i16x8.shr_u(pairs, 4), i8x16.splat(15));
}

/** Scale and zero of a group, in lanes 0 and 1. */
// @ts-ignore: decorator
@inline
export function affineOf(scales: usize): v128 {
  return widenFinite(i32x4.extend_low_i16x8_s(v128.load32_splat(scales)));
}

// @ts-ignore: decorator
@inline
export function scaleOf(both: v128): v128 {
  return v128.shuffle<f32>(both, both, 0, 0, 0, 0);
}

// @ts-ignore: decorator
@inline
export function zeroOf(both: v128): v128 {
  return v128.shuffle<f32>(both, both, 1, 1, 1, 1);
}

/** Sixteen codes, a byte each, as floats. */
// @ts-ignore: decorator
@inline
function spread(bytes: v128, scale: v128, zero: v128, to: usize): void {
  const low = i16x8.extend_low_i8x16_u(bytes);
  const high = i16x8.extend_high_i8x16_u(bytes);
  v128.store(to, affine(i32x4.extend_low_i16x8_u(low), scale, zero));
  v128.store(to, affine(i32x4.extend_high_i16x8_u(low), scale, zero), 16);
  v128.store(to, affine(i32x4.extend_low_i16x8_u(high), scale, zero), 32);
  v128.store(to, affine(i32x4.extend_high_i16x8_u(high), scale, zero), 48);
}

// @ts-ignore: decorator
@inline
function affine(code: v128, scale: v128, zero: v128): v128 {
  return f32x4.add(zero, f32x4.mul(scale, f32x4.convert_i32x4_s(code)));
}

function unpackRest(words: usize, count: i32, bits: i32, to: usize, scale: f32, zero: f32): void {
  const mask = (1 << bits) - 1;
  let shift = 0;
  for (let i = 0; i < count; i++) {
    store<f32>(to, zero + scale * <f32>(<i32>(load<u32>(words) >> shift) & mask));
    to += 4;
    shift += bits;
    if (shift === 32) {
      shift = 0;
      words += 4;
    }
  }
}
