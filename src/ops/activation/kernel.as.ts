/** Activations on the WASM backend. AssemblyScript: see `scripts/build-kernels.ts`. */
import { exp, multiplyAdd } from '../wasm/simd.as';

/** The kinds of activation, numbered as `wasm.ts` numbers them; any other number is relu. */
const GELU = 0;
const TANH_GELU = 1;
const QUICK_GELU = 2;

/** `√½` */
const SQRT1_2: f32 = 0.70710678118654752;
/** `1/√(2π)`, the height of the normal density. */
const DENSITY: f32 = 0.39894228040143268;
/** `2·√(2/π)` */
const TANH_SCALE: f32 = 1.59576912160573071;
const CUBIC: f32 = 0.044715;
const QUICK: f32 = 1.702;

/** `out = silu(gate)·up` for rows `from` to `to`. @param gates gates of a row, then its ups */
export function swiglu(gates: usize, out: usize, width: i32, from: i32, to: i32): void {
  const bytes = <usize>width << 2;
  for (let row = <usize>from; row < <usize>to; row++) {
    const gate = gates + 2 * row * bytes;
    const up = gate + bytes;
    const y = out + row * bytes;
    let i: usize = 0;
    for (; i + 16 <= bytes; i += 16) v128.store(y + i, f32x4.mul(silu(v128.load(gate + i)), v128.load(up + i)));
    for (; i < bytes; i += 4) v128.store_lane<f32>(y + i, f32x4.mul(silu(v128.load32_zero(gate + i)), v128.load32_zero(up + i)), 0);
  }
}

/** `dGate = dy·up·silu′(gate)` and `dUp = dy·silu(gate)`, `silu′ = s + silu·(1 − s)`, for rows `from` to `to`. */
export function swigluBack(dy: usize, gates: usize, dGates: usize, width: i32, from: i32, to: i32): void {
  const bytes = <usize>width << 2;
  for (let row = <usize>from; row < <usize>to; row++) {
    const at = 2 * row * bytes;
    const d = dy + row * bytes;
    let i: usize = 0;
    for (; i + 16 <= bytes; i += 16) {
      const gate = v128.load(gates + at + i);
      const s = sigmoid(gate);
      const dUp = f32x4.mul(v128.load(d + i), f32x4.mul(gate, s));
      v128.store(dGates + at + i, gateGradient(v128.load(d + i), gate, v128.load(gates + at + bytes + i), s));
      v128.store(dGates + at + bytes + i, dUp);
    }
    for (; i < bytes; i += 4) {
      const gate = v128.load32_zero(gates + at + i);
      const s = sigmoid(gate);
      const dUp = f32x4.mul(v128.load32_zero(d + i), f32x4.mul(gate, s));
      v128.store_lane<f32>(dGates + at + i, gateGradient(v128.load32_zero(d + i), gate, v128.load32_zero(gates + at + bytes + i), s), 0);
      v128.store_lane<f32>(dGates + at + bytes + i, dUp, 0);
    }
  }
}

/** The activation of that kind, for numbers `from` to `to`. */
export function activate(kind: i32, x: usize, y: usize, from: i32, to: i32): void {
  const end = <usize>to << 2;
  let i = <usize>from << 2;
  for (; i + 16 <= end; i += 16) v128.store(y + i, valueOf(kind, v128.load(x + i)));
  for (; i < end; i += 4) v128.store_lane<f32>(y + i, valueOf(kind, v128.load32_zero(x + i)), 0);
}

/** Its gradient: dy times the slope at x. */
export function activateBack(kind: i32, dy: usize, x: usize, dx: usize, from: i32, to: i32): void {
  const end = <usize>to << 2;
  let i = <usize>from << 2;
  for (; i + 16 <= end; i += 16) v128.store(dx + i, f32x4.mul(v128.load(dy + i), slopeOf(kind, v128.load(x + i))));
  for (; i < end; i += 4) {
    v128.store_lane<f32>(dx + i, f32x4.mul(v128.load32_zero(dy + i), slopeOf(kind, v128.load32_zero(x + i))), 0);
  }
}

// @ts-ignore: decorator
@inline
function valueOf(kind: i32, x: v128): v128 {
  if (kind == GELU) return f32x4.mul(x, normalCdf(x));
  if (kind == TANH_GELU) return f32x4.mul(x, sigmoid(tanhInner(x)));
  if (kind == QUICK_GELU) return f32x4.mul(x, sigmoid(f32x4.mul(x, f32x4.splat(QUICK))));
  // A pseudo-maximum is one instruction, and keeps what is no number if that comes first.
  return f32x4.pmax(x, f32x4.splat(0));
}

// @ts-ignore: decorator
@inline
function slopeOf(kind: i32, x: v128): v128 {
  if (kind == GELU) {
    const density = f32x4.mul(exp(f32x4.mul(f32x4.mul(x, x), f32x4.splat(-0.5))), f32x4.splat(DENSITY));
    return multiplyAdd(x, density, normalCdf(x));
  }
  if (kind == TANH_GELU) {
    const innerSlope = f32x4.mul(multiplyAdd(f32x4.mul(x, x), f32x4.splat(3 * CUBIC), f32x4.splat(1)), f32x4.splat(TANH_SCALE));
    return gatedSlope(x, sigmoid(tanhInner(x)), innerSlope);
  }
  if (kind == QUICK_GELU) return gatedSlope(x, sigmoid(f32x4.mul(x, f32x4.splat(QUICK))), f32x4.splat(QUICK));
  return v128.and(f32x4.gt(x, f32x4.splat(0)), f32x4.splat(1));
}

/** Slope of `x·s`, s the sigmoid of something with that slope: `s + x·s·(1 − s)·slope`. */
// @ts-ignore: decorator
@inline
function gatedSlope(x: v128, s: v128, slope: v128): v128 {
  return multiplyAdd(f32x4.mul(f32x4.mul(x, s), f32x4.sub(f32x4.splat(1), s)), slope, s);
}

/** `2·√(2/π)·(x + 0.044715 x³)`, whose sigmoid is `(1 + tanh(√(2/π)·(x + 0.044715 x³)))/2`. */
// @ts-ignore: decorator
@inline
function tanhInner(x: v128): v128 {
  const cubic = multiplyAdd(f32x4.mul(x, x), f32x4.splat(CUBIC), f32x4.splat(1));
  return f32x4.mul(f32x4.mul(x, cubic), f32x4.splat(TANH_SCALE));
}

// @ts-ignore: decorator
@inline
function gateGradient(dy: v128, gate: v128, up: v128, s: v128): v128 {
  const slope = multiplyAdd(f32x4.mul(gate, s), f32x4.sub(f32x4.splat(1), s), s);
  return f32x4.mul(f32x4.mul(dy, up), slope);
}

// @ts-ignore: decorator
@inline
function silu(x: v128): v128 {
  return f32x4.mul(x, sigmoid(x));
}

// @ts-ignore: decorator
@inline
function sigmoid(x: v128): v128 {
  return f32x4.div(f32x4.splat(1), f32x4.add(f32x4.splat(1), exp(f32x4.neg(x))));
}

/** `Φ(x)`, the normal distribution. */
// @ts-ignore: decorator
@inline
function normalCdf(x: v128): v128 {
  return multiplyAdd(erf(f32x4.mul(x, f32x4.splat(SQRT1_2))), f32x4.splat(0.5), f32x4.splat(0.5));
}

/**
 * The error function to a few units in the last place: an odd rational function, after Eigen's. Beyond ±4 it is ±1 in 32
 * bits.
 */
// @ts-ignore: decorator
@inline
function erf(x: v128): v128 {
  const t = f32x4.pmin(f32x4.pmax(x, f32x4.splat(-4)), f32x4.splat(4));
  const t2 = f32x4.mul(t, t);
  let p = f32x4.splat(-2.72614225801306e-10);
  p = multiplyAdd(p, t2, f32x4.splat(2.77068142495902e-8));
  p = multiplyAdd(p, t2, f32x4.splat(-2.10102402082508e-6));
  p = multiplyAdd(p, t2, f32x4.splat(-5.69250639462346e-5));
  p = multiplyAdd(p, t2, f32x4.splat(-7.34990630326855e-4));
  p = multiplyAdd(p, t2, f32x4.splat(-2.95459980854025e-3));
  p = multiplyAdd(p, t2, f32x4.splat(-1.60960333262415e-2));
  let q = f32x4.splat(-1.45660718464996e-5);
  q = multiplyAdd(q, t2, f32x4.splat(-2.13374055278905e-4));
  q = multiplyAdd(q, t2, f32x4.splat(-1.68282697438203e-3));
  q = multiplyAdd(q, t2, f32x4.splat(-7.37332916720468e-3));
  q = multiplyAdd(q, t2, f32x4.splat(-1.42647390514189e-2));
  return f32x4.div(f32x4.mul(t, p), q);
}
