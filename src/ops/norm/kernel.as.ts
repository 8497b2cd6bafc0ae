/**
 * Normalisation of rows on the WASM backend. AssemblyScript: see `scripts/build-kernels.ts`. Each works on rows, or columns,
 * `from` to `to`. Wherever the range of a kernel begins, a row or column is added up in the same order.
 */
import { multiplyAdd, sumOf } from '../wasm/simd.as';

/** `normed = weight · x·r`, with r to `scales`. */
export function rmsNorm(
  x: usize, weight: usize, normed: usize, scales: usize, hidden: i32, epsilon: f32, from: i32, to: i32,
): void {
  const bytes = <usize>hidden << 2;
  for (let row = <usize>from; row < <usize>to; row++) {
    const begin = x + row * bytes;
    const r = <f32>1 / sqrt<f32>(dot(begin, begin, bytes) / <f32>hidden + epsilon);
    store<f32>(scales + (row << 2), r);
    scaleInto(normed + row * bytes, begin, weight, r, bytes);
  }
}

/** With g = dy·weight: `dx = r·g − x·r³·mean(g·x)`, plus `beside` unless that is 0. */
export function rmsNormBack(
  dy: usize, x: usize, weight: usize, scales: usize, beside: usize, dx: usize, hidden: i32, from: i32, to: i32,
): void {
  const bytes = <usize>hidden << 2;
  for (let row = <usize>from; row < <usize>to; row++) {
    const at = row * bytes;
    const r = load<f32>(scales + (row << 2));
    const pull = r * r * r * (weightedDot(dy + at, weight, x + at, bytes) / <f32>hidden);
    const scale = f32x4.splat(r);
    const negated = f32x4.splat(-pull);
    const past = beside == 0 ? 0 : beside + at;
    let i: usize = 0;
    for (; i + 16 <= bytes; i += 16) {
      const g = f32x4.mul(v128.load(dy + at + i), v128.load(weight + i));
      const own = multiplyAdd(v128.load(x + at + i), negated, f32x4.mul(g, scale));
      v128.store(dx + at + i, past == 0 ? own : f32x4.add(own, v128.load(past + i)));
    }
    for (; i < bytes; i += 4) {
      const g = f32x4.mul(v128.load32_zero(dy + at + i), v128.load32_zero(weight + i));
      const own = multiplyAdd(v128.load32_zero(x + at + i), negated, f32x4.mul(g, scale));
      v128.store_lane<f32>(dx + at + i, past == 0 ? own : f32x4.add(own, v128.load32_zero(past + i)), 0);
    }
  }
}

/** `dWeight = Σ dy·x·r` over the rows in order, for columns `from` to `to`. */
export function rmsNormBackWeight(
  dy: usize, x: usize, scales: usize, dWeight: usize, rows: i32, hidden: i32, from: i32, to: i32,
): void {
  const bytes = <usize>hidden << 2;
  const end = <usize>to << 2;
  let column = <usize>from << 2;
  // A cache line of each row at a time.
  for (; column + 64 <= end; column += 64) {
    let s0 = f32x4.splat(0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    let at = column;
    for (let row: usize = 0; row < <usize>rows; row++, at += bytes) {
      const r = v128.load32_splat(scales + (row << 2));
      s0 = multiplyAdd(f32x4.mul(v128.load(dy + at), v128.load(x + at)), r, s0);
      s1 = multiplyAdd(f32x4.mul(v128.load(dy + at, 16), v128.load(x + at, 16)), r, s1);
      s2 = multiplyAdd(f32x4.mul(v128.load(dy + at, 32), v128.load(x + at, 32)), r, s2);
      s3 = multiplyAdd(f32x4.mul(v128.load(dy + at, 48), v128.load(x + at, 48)), r, s3);
    }
    v128.store(dWeight + column, s0);
    v128.store(dWeight + column, s1, 16);
    v128.store(dWeight + column, s2, 32);
    v128.store(dWeight + column, s3, 48);
  }
  for (; column < end; column += 4) {
    let sum = f32x4.splat(0);
    let at = column;
    for (let row: usize = 0; row < <usize>rows; row++, at += bytes) {
      const product = f32x4.mul(v128.load32_zero(dy + at), v128.load32_zero(x + at));
      sum = multiplyAdd(product, v128.load32_splat(scales + (row << 2)), sum);
    }
    v128.store_lane<f32>(dWeight + column, sum, 0);
  }
}

/** `normed = weight · (x − mean)·r + bias`, with mean and r to `moments`. */
export function layerNorm(
  x: usize, weight: usize, bias: usize, normed: usize, moments: usize, hidden: i32, epsilon: f32, from: i32, to: i32,
): void {
  const bytes = <usize>hidden << 2;
  for (let row = <usize>from; row < <usize>to; row++) {
    const at = row * bytes;
    const mean = total(x + at, bytes) / <f32>hidden;
    const r = <f32>1 / sqrt<f32>(squaredDistance(x + at, mean, bytes) / <f32>hidden + epsilon);
    store<f32>(moments + (row << 3), mean);
    store<f32>(moments + (row << 3), r, 4);
    const centre = f32x4.splat(mean);
    const scale = f32x4.splat(r);
    let i: usize = 0;
    for (; i + 16 <= bytes; i += 16) {
      const n = f32x4.mul(f32x4.sub(v128.load(x + at + i), centre), scale);
      v128.store(normed + at + i, multiplyAdd(n, v128.load(weight + i), v128.load(bias + i)));
    }
    for (; i < bytes; i += 4) {
      const n = f32x4.mul(f32x4.sub(v128.load32_zero(x + at + i), centre), scale);
      v128.store_lane<f32>(normed + at + i, multiplyAdd(n, v128.load32_zero(weight + i), v128.load32_zero(bias + i)), 0);
    }
  }
}

/** With n the normed rows and g = dy·weight: `dx = r·(g − mean(g) − n·mean(g·n))`. */
export function layerNormBack(
  dy: usize, x: usize, weight: usize, moments: usize, dx: usize, hidden: i32, from: i32, to: i32,
): void {
  const bytes = <usize>hidden << 2;
  for (let row = <usize>from; row < <usize>to; row++) {
    const at = row * bytes;
    const mean = load<f32>(moments + (row << 3));
    const r = load<f32>(moments + (row << 3), 4);
    const shift = f32x4.splat(dot(dy + at, weight, bytes) / <f32>hidden);
    const pull = f32x4.splat(centredDot(dy + at, weight, x + at, mean, bytes) * r / <f32>hidden);
    const centre = f32x4.splat(mean);
    const scale = f32x4.splat(r);
    let i: usize = 0;
    for (; i + 16 <= bytes; i += 16) {
      const g = f32x4.mul(v128.load(dy + at + i), v128.load(weight + i));
      const n = f32x4.mul(f32x4.sub(v128.load(x + at + i), centre), scale);
      v128.store(dx + at + i, f32x4.mul(scale, f32x4.sub(f32x4.sub(g, shift), f32x4.mul(n, pull))));
    }
    for (; i < bytes; i += 4) {
      const g = f32x4.mul(v128.load32_zero(dy + at + i), v128.load32_zero(weight + i));
      const n = f32x4.mul(f32x4.sub(v128.load32_zero(x + at + i), centre), scale);
      v128.store_lane<f32>(dx + at + i, f32x4.mul(scale, f32x4.sub(f32x4.sub(g, shift), f32x4.mul(n, pull))), 0);
    }
  }
}

/** `dWeight = Σ dy·n` and `dBias = Σ dy` over the rows in order, for columns `from` to `to`. */
export function layerNormBackWeight(
  dy: usize, x: usize, moments: usize, dWeight: usize, dBias: usize, rows: i32, hidden: i32, from: i32, to: i32,
): void {
  const bytes = <usize>hidden << 2;
  const end = <usize>to << 2;
  let column = <usize>from << 2;
  for (; column + 32 <= end; column += 32) {
    let w0 = f32x4.splat(0);
    let w1 = w0;
    let b0 = w0;
    let b1 = w0;
    let at = column;
    for (let row: usize = 0; row < <usize>rows; row++, at += bytes) {
      const mean = v128.load32_splat(moments + (row << 3));
      const r = v128.load32_splat(moments + (row << 3), 4);
      const d0 = v128.load(dy + at);
      const d1 = v128.load(dy + at, 16);
      w0 = multiplyAdd(d0, f32x4.mul(f32x4.sub(v128.load(x + at), mean), r), w0);
      w1 = multiplyAdd(d1, f32x4.mul(f32x4.sub(v128.load(x + at, 16), mean), r), w1);
      b0 = f32x4.add(b0, d0);
      b1 = f32x4.add(b1, d1);
    }
    v128.store(dWeight + column, w0);
    v128.store(dWeight + column, w1, 16);
    v128.store(dBias + column, b0);
    v128.store(dBias + column, b1, 16);
  }
  for (; column < end; column += 4) {
    let w = f32x4.splat(0);
    let b = w;
    let at = column;
    for (let row: usize = 0; row < <usize>rows; row++, at += bytes) {
      const mean = v128.load32_splat(moments + (row << 3));
      const d = v128.load32_zero(dy + at);
      w = multiplyAdd(d, f32x4.mul(f32x4.sub(v128.load32_zero(x + at), mean), v128.load32_splat(moments + (row << 3), 4)), w);
      b = f32x4.add(b, d);
    }
    v128.store_lane<f32>(dWeight + column, w, 0);
    v128.store_lane<f32>(dBias + column, b, 0);
  }
}

/** `out = a·b·scale`, number by number. */
// @ts-ignore: decorator
@inline
function scaleInto(out: usize, a: usize, b: usize, scale: f32, bytes: usize): void {
  const factor = f32x4.splat(scale);
  let i: usize = 0;
  for (; i + 16 <= bytes; i += 16) {
    v128.store(out + i, f32x4.mul(f32x4.mul(v128.load(a + i), factor), v128.load(b + i)));
  }
  for (; i < bytes; i += 4) {
    v128.store_lane<f32>(out + i, f32x4.mul(f32x4.mul(v128.load32_zero(a + i), factor), v128.load32_zero(b + i)), 0);
  }
}

// @ts-ignore: decorator
@inline
function total(a: usize, bytes: usize): f32 {
  let sum = f32x4.splat(0);
  let i: usize = 0;
  for (; i + 16 <= bytes; i += 16) sum = f32x4.add(sum, v128.load(a + i));
  for (; i < bytes; i += 4) sum = f32x4.add(sum, v128.load32_zero(a + i));
  return sumOf(sum);
}

/** `Σ a·b` */
// @ts-ignore: decorator
@inline
function dot(a: usize, b: usize, bytes: usize): f32 {
  let sum = f32x4.splat(0);
  let i: usize = 0;
  for (; i + 16 <= bytes; i += 16) sum = multiplyAdd(v128.load(a + i), v128.load(b + i), sum);
  for (; i < bytes; i += 4) sum = multiplyAdd(v128.load32_zero(a + i), v128.load32_zero(b + i), sum);
  return sumOf(sum);
}

/** `Σ a·b·c` */
// @ts-ignore: decorator
@inline
function weightedDot(a: usize, b: usize, c: usize, bytes: usize): f32 {
  let sum = f32x4.splat(0);
  let i: usize = 0;
  for (; i + 16 <= bytes; i += 16) sum = multiplyAdd(f32x4.mul(v128.load(a + i), v128.load(b + i)), v128.load(c + i), sum);
  for (; i < bytes; i += 4) {
    sum = multiplyAdd(f32x4.mul(v128.load32_zero(a + i), v128.load32_zero(b + i)), v128.load32_zero(c + i), sum);
  }
  return sumOf(sum);
}

/** `Σ a·b·(c − centre)` */
// @ts-ignore: decorator
@inline
function centredDot(a: usize, b: usize, c: usize, centre: f32, bytes: usize): f32 {
  const middle = f32x4.splat(centre);
  let sum = f32x4.splat(0);
  let i: usize = 0;
  for (; i + 16 <= bytes; i += 16) {
    sum = multiplyAdd(f32x4.mul(v128.load(a + i), v128.load(b + i)), f32x4.sub(v128.load(c + i), middle), sum);
  }
  for (; i < bytes; i += 4) {
    // The empty lanes of a and b are 0, which takes those of the difference out.
    sum = multiplyAdd(f32x4.mul(v128.load32_zero(a + i), v128.load32_zero(b + i)), f32x4.sub(v128.load32_zero(c + i), middle), sum);
  }
  return sumOf(sum);
}

/** `Σ (a − centre)²` */
// @ts-ignore: decorator
@inline
function squaredDistance(a: usize, centre: f32, bytes: usize): f32 {
  const middle = f32x4.splat(centre);
  let sum = f32x4.splat(0);
  let i: usize = 0;
  for (; i + 16 <= bytes; i += 16) {
    const d = f32x4.sub(v128.load(a + i), middle);
    sum = multiplyAdd(d, d, sum);
  }
  let rest = sumOf(sum);
  for (; i < bytes; i += 4) {
    const d = load<f32>(a + i) - centre;
    rest += d * d;
  }
  return rest;
}
