/** Soft targets on the WASM backend. AssemblyScript: see `scripts/build-kernels.ts`. */
import { differentiateLogits } from '../cross-entropy/kernel.as';
import { maximum } from '../cross-entropy/maximum.as';
import { exp, sumOf } from '../wasm/simd.as';

/** Bytes of a row's state: its maximum, its sum of exponentials under that, its soft targets' mean logit. */
const STATE: usize = 12;

/**
 * Takes a chunk of logits, `[rows, width]`, into the state of rows `from` to `to`.
 * @param ids of `k` soft targets a row, −1 where there is none
 * @param inverse of the temperature
 * @param first token that the chunk begins with; with 0 the state begins anew
 */
export function absorbSoftLogits(
  logits: usize, ids: usize, probabilities: usize, state: usize, k: i32, inverse: f32, width: i32, first: i32, from: i32, to: i32,
): void {
  const bytes = <usize>width << 2;
  const targets = <usize>k << 2;
  for (let row = <usize>from; row < <usize>to; row++) {
    const scores = logits + row * bytes;
    const at = state + row * STATE;
    const before = first == 0 ? -f32.MAX_VALUE : load<f32>(at);
    const sumBefore = first == 0 ? <f32>0 : load<f32>(at, 4);
    const meanBefore = first == 0 ? <f32>0 : load<f32>(at, 8);
    const top = max<f32>(before, maximum(scores, bytes));
    const rescaled = sumBefore * f32x4.extract_lane(exp(f32x4.splat((before - top) * inverse)), 0);
    store<f32>(at, top);
    store<f32>(at, rescaled + sumOfTempered(scores, top, inverse, bytes), 4);
    store<f32>(at, meanBefore + meanOf(scores, ids + row * targets, probabilities + row * targets, targets, width, first), 8);
  }
}

/**
 * `(exp(logit − logSum) − [is the label] + weight / T·(exp(logit / T − softLogSum) − probability))·dy / rows`, in place, for
 * rows `from` to `to` of `rows`. A row whose weight is 0 is as if there were no soft targets, to the bit.
 */
export function differentiateSoftLogits(
  logits: usize, labels: usize, logSums: usize, softLogSums: usize, weights: usize, ids: usize, probabilities: usize, dy: usize,
  k: i32, inverse: f32, rows: i32, width: i32, first: i32, from: i32, to: i32,
): void {
  const bytes = <usize>width << 2;
  const targets = <usize>k << 2;
  const share = load<f32>(dy) / <f32>rows;
  for (let row = <usize>from; row < <usize>to; row++) {
    const weight = load<f32>(weights + (row << 2));
    if (weight == 0) {
      differentiateLogits(logits, labels, logSums, dy, rows, width, first, <i32>row, <i32>row + 1);
      continue;
    }
    const scores = logits + row * bytes;
    const soft = weight * inverse * share;
    // Exponentials of the soft targets' part need the logits as they were, so that both parts are written at once.
    addBoth(scores, bytes, v128.load32_splat(logSums + (row << 2)), v128.load32_splat(softLogSums + (row << 2)), inverse, share, soft);
    const label = load<i32>(labels + (row << 2)) - first;
    if (label >= 0 && label < width) subtract(scores, label, share);
    for (let j: usize = 0; j < targets; j += 4) {
      const place = load<i32>(ids + row * targets + j) - first;
      if (place >= 0 && place < width) subtract(scores, place, soft * load<f32>(probabilities + row * targets + j));
    }
  }
}

// @ts-ignore: decorator
@inline
function subtract(scores: usize, place: i32, amount: f32): void {
  const at = scores + (<usize>place << 2);
  store<f32>(at, load<f32>(at) - amount);
}

// @ts-ignore: decorator
@inline
function addBoth(scores: usize, bytes: usize, logSum: v128, softLogSum: v128, inverse: f32, share: f32, soft: f32): void {
  let i: usize = 0;
  for (; i + 16 <= bytes; i += 16) v128.store(scores + i, both(v128.load(scores + i), logSum, softLogSum, inverse, share, soft));
  for (; i < bytes; i += 4) v128.store_lane<f32>(scores + i, both(v128.load32_zero(scores + i), logSum, softLogSum, inverse, share, soft), 0);
}

// @ts-ignore: decorator
@inline
function both(logit: v128, logSum: v128, softLogSum: v128, inverse: f32, share: f32, soft: f32): v128 {
  const hard = f32x4.mul(exp(f32x4.sub(logit, logSum)), f32x4.splat(share));
  const tempered = exp(f32x4.sub(f32x4.mul(logit, f32x4.splat(inverse)), softLogSum));
  return f32x4.add(hard, f32x4.mul(tempered, f32x4.splat(soft)));
}

/** `Σ exp((score − top) / T)` */
// @ts-ignore: decorator
@inline
function sumOfTempered(scores: usize, top: f32, inverse: f32, bytes: usize): f32 {
  const highest = f32x4.splat(top);
  const factor = f32x4.splat(inverse);
  let sum = f32x4.splat(0);
  let i: usize = 0;
  for (; i + 16 <= bytes; i += 16) sum = f32x4.add(sum, exp(f32x4.mul(f32x4.sub(v128.load(scores + i), highest), factor)));
  let all = sumOf(sum);
  for (; i < bytes; i += 4) all += f32x4.extract_lane(exp(f32x4.mul(f32x4.sub(v128.load32_splat(scores + i), highest), factor)), 0);
  return all;
}

/** `Σ probability·score` over the soft targets that lie in the chunk. @param targets bytes of a row of them */
// @ts-ignore: decorator
@inline
function meanOf(scores: usize, ids: usize, probabilities: usize, targets: usize, width: i32, first: i32): f32 {
  let sum: f32 = 0;
  for (let j: usize = 0; j < targets; j += 4) {
    const place = load<i32>(ids + j) - first;
    if (place >= 0 && place < width) sum += load<f32>(probabilities + j) * load<f32>(scores + (<usize>place << 2));
  }
  return sum;
}
