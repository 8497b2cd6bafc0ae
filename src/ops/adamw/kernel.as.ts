/** AdamW on the WASM backend. AssemblyScript: see `scripts/build-kernels.ts`. Each works on numbers `from` to `to`. */
import { multiplyAdd } from '../wasm/simd.as';

/** `sums = gradient·share`, or that added to what they hold. */
export function gatherGradient(gradient: usize, sums: usize, share: f32, adds: bool, from: i32, to: i32): void {
  const factor = f32x4.splat(share);
  const end = <usize>to << 2;
  let i = <usize>from << 2;
  for (; i + 16 <= end; i += 16) {
    const before = adds ? v128.load(sums + i) : f32x4.splat(0);
    v128.store(sums + i, multiplyAdd(v128.load(gradient + i), factor, before));
  }
  for (; i < end; i += 4) {
    const before = adds ? v128.load32_zero(sums + i) : f32x4.splat(0);
    v128.store_lane<f32>(sums + i, multiplyAdd(v128.load32_zero(gradient + i), factor, before), 0);
  }
}

/** `Σ x²` in 64 bits, where no square of a 32-bit number overflows. */
export function sumOfSquares(x: usize, from: i32, to: i32): f64 {
  const end = <usize>to << 2;
  let low = f64x2.splat(0);
  let high = low;
  let i = <usize>from << 2;
  for (; i + 16 <= end; i += 16) {
    const four = v128.load(x + i);
    const first = f64x2.promote_low_f32x4(four);
    const second = f64x2.promote_low_f32x4(v128.shuffle<i64>(four, four, 1, 0));
    low = f64x2.add(low, f64x2.mul(first, first));
    high = f64x2.add(high, f64x2.mul(second, second));
  }
  const both = f64x2.add(low, high);
  let sum = f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1);
  for (; i < end; i += 4) {
    const one = <f64>load<f32>(x + i);
    sum += one * one;
  }
  return sum;
}

/**
 * With g = gradient·clip: `mean = beta1·mean + (1 − beta1)·g`, `variance = beta2·variance + (1 − beta2)·g²`,
 * `parameter = parameter·kept − rate·mean / (√variance·spread + epsilon)`.
 * @param fresh1 `1 − beta1`, and `fresh2` likewise: in 32 bits they would be less exact
 * @param rate of learning, over the bias of the mean
 * @param spread 1 over the root of the variance's bias
 * @param kept what weight decay leaves of the parameter
 */
export function adamw(
  parameter: usize, mean: usize, variance: usize, gradient: usize, clip: f32, beta1: f32, fresh1: f32, beta2: f32, fresh2: f32,
  rate: f32, spread: f32, epsilon: f32, kept: f32, from: i32, to: i32,
): void {
  const end = <usize>to << 2;
  let i = <usize>from << 2;
  for (; i + 16 <= end; i += 16) {
    const g = f32x4.mul(v128.load(gradient + i), f32x4.splat(clip));
    const m = multiplyAdd(v128.load(mean + i), f32x4.splat(beta1), f32x4.mul(g, f32x4.splat(fresh1)));
    const v = multiplyAdd(v128.load(variance + i), f32x4.splat(beta2), f32x4.mul(f32x4.mul(g, g), f32x4.splat(fresh2)));
    v128.store(mean + i, m);
    v128.store(variance + i, v);
    v128.store(parameter + i, moved(v128.load(parameter + i), m, v, rate, spread, epsilon, kept));
  }
  for (; i < end; i += 4) {
    const g = f32x4.mul(v128.load32_zero(gradient + i), f32x4.splat(clip));
    const m = multiplyAdd(v128.load32_zero(mean + i), f32x4.splat(beta1), f32x4.mul(g, f32x4.splat(fresh1)));
    const v = multiplyAdd(v128.load32_zero(variance + i), f32x4.splat(beta2), f32x4.mul(f32x4.mul(g, g), f32x4.splat(fresh2)));
    v128.store_lane<f32>(mean + i, m, 0);
    v128.store_lane<f32>(variance + i, v, 0);
    v128.store_lane<f32>(parameter + i, moved(v128.load32_zero(parameter + i), m, v, rate, spread, epsilon, kept), 0);
  }
}

// @ts-ignore: decorator
@inline
function moved(parameter: v128, mean: v128, variance: v128, rate: f32, spread: f32, epsilon: f32, kept: f32): v128 {
  const root = multiplyAdd(f32x4.sqrt(variance), f32x4.splat(spread), f32x4.splat(epsilon));
  const step = f32x4.mul(f32x4.div(mean, root), f32x4.splat(rate));
  return f32x4.sub(f32x4.mul(parameter, f32x4.splat(kept)), step);
}
