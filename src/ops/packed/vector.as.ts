/**
 * The product of a packed matrix with one vector on the WASM backend: for a decoded token, whose time goes into unpacking.
 * AssemblyScript: see `scripts/build-kernels.ts`. A number meets its factor in registers and is never stored.
 */
import { multiplyAdd, sumOf } from '../wasm/simd.as';
import { place } from '../wasm/rows.as';
import { scratch } from '../wasm/scratch.as';
import { GROUP, affineOf, firstCodes, lastCodes, scaleBytes, scaleOf, unpack, widenFinite, wordBytes, zeroOf } from './kernel.as';

/** Numbers `from` to `to` of `out = W·x`, W of so many columns. */
export function multiplyVector(x: usize, words: usize, scales: usize, columns: i32, bits: i32, out: usize, from: i32, to: i32): void {
  const groups = columns / GROUP;
  const whole = groups * GROUP;
  const rest = scratch;
  const factors = place(scratch, GROUP);
  sumGroups(x, groups, factors);
  for (let row = from; row < to; row++) {
    const atWords = words + row * wordBytes(columns, bits);
    let sum = bits === 16 ? dotHalves(x, atWords, groups) : dotCodes(x, factors, atWords, scales + row * scaleBytes(columns), groups, bits);
    if (whole < columns) {
      unpack(words, scales, columns, bits, row, 1, whole, columns - whole, rest, 0);
      for (let i = whole; i < columns; i++) sum += load<f32>(place(x, i)) * load<f32>(place(rest, i - whole));
    }
    store<f32>(place(out, row), sum);
  }
}

/** Four sums, so that no addition waits for the one before. */
function dotHalves(x: usize, words: usize, groups: i32): f32 {
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
  for (let i = 2 * groups; i > 0; i--) {
    s0 = multiplyAdd(widenFinite(v128.load16x4_s(words)), v128.load(x), s0);
    s1 = multiplyAdd(widenFinite(v128.load16x4_s(words, 8)), v128.load(x, 16), s1);
    s2 = multiplyAdd(widenFinite(v128.load16x4_s(words, 16)), v128.load(x, 32), s2);
    s3 = multiplyAdd(widenFinite(v128.load16x4_s(words, 24)), v128.load(x, 48), s3);
    words += 32;
    x += 64;
  }
  return sumOf(f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3)));
}

/**
 * In a group the codes meet their factors first, the sum of which meets the scale, and the sum of the factors the zero.
 * @param factors their sums by group, in four lanes
 */
function dotCodes(x: usize, factors: usize, words: usize, scales: usize, groups: i32, bits: i32): f32 {
  let sum = f32x4.splat(0);
  for (let i = groups; i > 0; i--) {
    const bytes = v128.load(words);
    const first = bits === 8 ? bytes : firstCodes(bytes);
    const last = bits === 8 ? v128.load(words, 16) : lastCodes(bytes);
    let low = i16x8.extend_low_i8x16_u(first);
    let high = i16x8.extend_high_i8x16_u(first);
    let s0 = f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(low)), v128.load(x));
    let s1 = f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_u(low)), v128.load(x, 16));
    s0 = multiplyAdd(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(high)), v128.load(x, 32), s0);
    s1 = multiplyAdd(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_u(high)), v128.load(x, 48), s1);
    low = i16x8.extend_low_i8x16_u(last);
    high = i16x8.extend_high_i8x16_u(last);
    s0 = multiplyAdd(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(low)), v128.load(x, 64), s0);
    s1 = multiplyAdd(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_u(low)), v128.load(x, 80), s1);
    s0 = multiplyAdd(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(high)), v128.load(x, 96), s0);
    s1 = multiplyAdd(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_u(high)), v128.load(x, 112), s1);
    const both = affineOf(scales);
    sum = multiplyAdd(zeroOf(both), v128.load(factors), sum);
    sum = multiplyAdd(scaleOf(both), f32x4.add(s0, s1), sum);
    words += bits << 2;
    scales += 4;
    x += GROUP << 2;
    factors += 16;
  }
  return sumOf(sum);
}

function sumGroups(x: usize, groups: i32, to: usize): void {
  for (let i = 0; i < groups; i++) {
    const a = f32x4.add(f32x4.add(v128.load(x), v128.load(x, 16)), f32x4.add(v128.load(x, 32), v128.load(x, 48)));
    const b = f32x4.add(f32x4.add(v128.load(x, 64), v128.load(x, 80)), f32x4.add(v128.load(x, 96), v128.load(x, 112)));
    v128.store(to, f32x4.add(a, b));
    x += GROUP << 2;
    to += 16;
  }
}
