/** The loss of language modelling on the WASM backend. AssemblyScript: see `scripts/build-kernels.ts`. */
import { exp, sumOf } from '../wasm/simd.as';
import { maximum } from './maximum.as';

/** Bytes of a row's state: its maximum, its sum of exponentials under that, the score of its label. */
const STATE: usize = 12;

/**
 * Takes a chunk of logits, `[rows, width]`, into the state of rows `from` to `to`.
 * @param first token that the chunk begins with; with 0 the state begins anew
 */
export function absorbLogits(logits: usize, labels: usize, state: usize, width: i32, first: i32, from: i32, to: i32): void {
  const bytes = <usize>width << 2;
  for (let row = <usize>from; row < <usize>to; row++) {
    const scores = logits + row * bytes;
    const at = state + row * STATE;
    const before = first == 0 ? -f32.MAX_VALUE : load<f32>(at);
    const sumBefore = first == 0 ? <f32>0 : load<f32>(at, 4);
    const top = max<f32>(before, maximum(scores, bytes));
    const rescaled = sumBefore * f32x4.extract_lane(exp(f32x4.splat(before - top)), 0);
    store<f32>(at, top);
    store<f32>(at, rescaled + sumOfExponentials(scores, top, bytes), 4);
    const label = load<i32>(labels + (row << 2)) - first;
    if (label >= 0 && label < width) store<f32>(at, load<f32>(scores + (<usize>label << 2)), 8);
  }
}

/** `(exp(logit − logSum) − [is the label])·dy / rows`, in place, for rows `from` to `to` of `rows`. @param dy of a scalar */
export function differentiateLogits(
  logits: usize, labels: usize, logSums: usize, dy: usize, rows: i32, width: i32, first: i32, from: i32, to: i32,
): void {
  const bytes = <usize>width << 2;
  const share = load<f32>(dy) / <f32>rows;
  const factor = f32x4.splat(share);
  for (let row = <usize>from; row < <usize>to; row++) {
    const scores = logits + row * bytes;
    const logSum = v128.load32_splat(logSums + (row << 2));
    const label = load<i32>(labels + (row << 2)) - first;
    const own = scores + (<usize>label << 2);
    const isHere = label >= 0 && label < width;
    // Less 1 before the factor, as the probability is: of a likely label little remains.
    const ownGradient = isHere ? (f32x4.extract_lane(exp(f32x4.sub(v128.load32_splat(own), logSum)), 0) - 1) * share : <f32>0;
    let i: usize = 0;
    for (; i + 16 <= bytes; i += 16) v128.store(scores + i, f32x4.mul(exp(f32x4.sub(v128.load(scores + i), logSum)), factor));
    for (; i < bytes; i += 4) {
      v128.store_lane<f32>(scores + i, f32x4.mul(exp(f32x4.sub(v128.load32_zero(scores + i), logSum)), factor), 0);
    }
    if (isHere) store<f32>(own, ownGradient);
  }
}

/** `Σ exp(score − top)` */
// @ts-ignore: decorator
@inline
function sumOfExponentials(scores: usize, top: f32, bytes: usize): f32 {
  const highest = f32x4.splat(top);
  let sum = f32x4.splat(0);
  let i: usize = 0;
  for (; i + 16 <= bytes; i += 16) sum = f32x4.add(sum, exp(f32x4.sub(v128.load(scores + i), highest)));
  let all = sumOf(sum);
  for (; i < bytes; i += 4) all += f32x4.extract_lane(exp(f32x4.sub(v128.load32_splat(scores + i), highest)), 0);
  return all;
}
