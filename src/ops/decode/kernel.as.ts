/**
 * Decoding on the WASM backend: the cache of keys and values, attention to it, and the choice of tokens. AssemblyScript: see
 * `scripts/build-kernels.ts`.
 */
import { exp, multiplyAdd, sumOf } from '../wasm/simd.as';

/** Below any score; `exp` of a distance to it is 0. */
const LOWEST: f32 = -3.4e38;

// ---- The cache ----

/**
 * Copies keys and values of rows to their places.
 * @param queries numbers of a row before its keys
 * @param width numbers of its keys
 * @param tokens rows of a sequence
 */
export function storeInCache(
  qkv: usize, rows: i32, queries: i32, width: i32, keys: usize, values: usize, positions: usize, tokens: i32, capacity: i32,
): void {
  const bytes = <usize>width << 2;
  let from = qkv + (<usize>queries << 2);
  for (let row = 0; row < rows; row++) {
    const place = <usize>((row / tokens) * capacity + load<i32>(positions + (<usize>row << 2))) * bytes;
    memory.copy(keys + place, from, bytes);
    memory.copy(values + place, from + bytes, bytes);
    from += (<usize>queries << 2) + 2 * bytes;
  }
}

/**
 * Attention of one query per sequence to the cache, for the heads from `from` to before `to` of all sequences' heads in a row.
 * @param weights working memory for as many numbers as the cache has places, rounded up to a multiple of 4
 */
export function attendCache(
  from: i32, to: i32, qkv: usize, heads: i32, kvHeads: i32, headDim: i32, keys: usize, values: usize, capacity: i32,
  positions: usize, window: i32, scale: f32, out: usize, weights: usize,
): void {
  const bytes = <usize>headDim << 2;
  const row = <usize>kvHeads * bytes;
  for (let i = from; i < to; i++) {
    const sequence = i / heads;
    const head = i % heads;
    const end = load<i32>(positions + (<usize>sequence << 2)) + 1;
    const count = min(end, window);
    const place = <usize>(sequence * capacity + end - count) * row + <usize>(head / (heads / kvHeads)) * bytes;
    score(qkv + <usize>(sequence * (heads + 2 * kvHeads) + head) * bytes, keys + place, row, count, headDim, scale, weights);
    const sum = exponentiate(weights, count);
    mix(weights, values + place, row, count, headDim, 1 / sum, out + <usize>i * bytes);
  }
}

/** Scores of a query's keys, which lie `row` bytes apart; filled up with the lowest to a multiple of 4. */
function score(query: usize, keys: usize, row: usize, count: i32, headDim: i32, scale: f32, scores: usize): void {
  const whole = <usize>(headDim & -4) << 2;
  const bytes = <usize>headDim << 2;
  for (let i = 0; i < count; i++) {
    let sums = f32x4.splat(0);
    let d: usize = 0;
    for (; d < whole; d += 16) sums = multiplyAdd(v128.load(query + d), v128.load(keys + d), sums);
    let sum = sumOf(sums);
    for (; d < bytes; d += 4) sum += load<f32>(query + d) * load<f32>(keys + d);
    store<f32>(scores + (<usize>i << 2), sum * scale);
    keys += row;
  }
  for (let i = count; i & 3; i++) store<f32>(scores + (<usize>i << 2), LOWEST);
}

/** Turns scores into `exp(score − highest)` in place and returns their sum. */
function exponentiate(scores: usize, count: i32): f32 {
  const end = scores + (<usize>((count + 3) & -4) << 2);
  let four = f32x4.splat(LOWEST);
  for (let at = scores; at < end; at += 16) four = f32x4.max(four, v128.load(at));
  const most = f32x4.splat(max(
    max(f32x4.extract_lane(four, 0), f32x4.extract_lane(four, 1)), max(f32x4.extract_lane(four, 2), f32x4.extract_lane(four, 3)),
  ));
  let sums = f32x4.splat(0);
  for (let at = scores; at < end; at += 16) {
    const weights = exp(f32x4.sub(v128.load(at), most));
    v128.store(at, weights);
    sums = f32x4.add(sums, weights);
  }
  return sumOf(sums);
}

/** `out = scale·Σ weight·value` over values that lie `row` bytes apart: sixteen, four or one number of them at a time. */
function mix(weights: usize, values: usize, row: usize, count: i32, headDim: i32, scale: f32, out: usize): void {
  const end = weights + (<usize>count << 2);
  const bytes = <usize>headDim << 2;
  let d: usize = 0;
  for (; d + 64 <= bytes; d += 64) {
    let a = f32x4.splat(0), b = a, c = a, e = a;
    let value = values + d;
    for (let at = weights; at < end; at += 4) {
      const weight = v128.load32_splat(at);
      a = multiplyAdd(weight, v128.load(value), a);
      b = multiplyAdd(weight, v128.load(value, 16), b);
      c = multiplyAdd(weight, v128.load(value, 32), c);
      e = multiplyAdd(weight, v128.load(value, 48), e);
      value += row;
    }
    const s = f32x4.splat(scale);
    v128.store(out + d, f32x4.mul(a, s));
    v128.store(out + d, f32x4.mul(b, s), 16);
    v128.store(out + d, f32x4.mul(c, s), 32);
    v128.store(out + d, f32x4.mul(e, s), 48);
  }
  for (; d + 16 <= bytes; d += 16) {
    let sums = f32x4.splat(0);
    let value = values + d;
    for (let at = weights; at < end; at += 4) {
      sums = multiplyAdd(v128.load32_splat(at), v128.load(value), sums);
      value += row;
    }
    v128.store(out + d, f32x4.mul(sums, f32x4.splat(scale)));
  }
  for (; d < bytes; d += 4) {
    let sum: f32 = 0;
    let value = values + d;
    for (let at = weights; at < end; at += 4) {
      sum += load<f32>(at) * load<f32>(value);
      value += row;
    }
    store<f32>(out + d, sum * scale);
  }
}

// ---- The choice of tokens ----

// A logit's key is a signed integer in the order of the floats. NaN has the least, which is no number's.
const NO_NUMBER: i32 = i32.MIN_VALUE;

/** Highest key of the row that was laid out last. */
let highest: i32 = 0;
/** How many tokens, or how much weight, there are above the threshold that was found last. */
let above: f32 = 0;

/** The likeliest token of the rows from `from` to before `to`, the lowest id among equals. */
export function likeliestTokens(from: i32, to: i32, logits: usize, vocabulary: i32, ids: usize): void {
  for (let row = from; row < to; row++) {
    let at = logits + <usize>row * (<usize>vocabulary << 2);
    let best = 0;
    let most = NO_NUMBER;
    for (let id = 0; id < vocabulary; id++) {
      const key = i32x4.extract_lane(keysOf(v128.load32_splat(at)), 0);
      if (key > most) {
        most = key;
        best = id;
      }
      at += 4;
    }
    store<i32>(ids + (<usize>row << 2), best);
  }
}

/**
 * A token of the rows from `from` to before `to` by their draws among those that `topK` and `topP` leave. Which these are is
 * told by a threshold: those with a key above it, and the first few with that very key. It is found bit by bit, without sorting.
 * @param scratch working memory for two rows, each with room for 4 more numbers
 */
export function drawTokens(
  from: i32, to: i32, logits: usize, vocabulary: i32, temperature: f32, topK: i32, topP: f32, draws: usize, ids: usize, scratch: usize,
): void {
  const bytes = <usize>vocabulary << 2;
  const weights = scratch + bytes + 16;
  for (let row = from; row < to; row++) {
    layOut(logits + <usize>row * bytes, bytes, temperature, scratch, weights);
    const place = <usize>row << 2;
    store<i32>(ids + place, drawToken(bytes, topK, topP, load<f32>(draws + place), scratch, weights));
  }
}

/** @param row bytes of a row */
function drawToken(row: usize, topK: i32, topP: f32, draw: f32, keys: usize, weights: usize): i32 {
  // Of those with the threshold's own key so many stay.
  let threshold = NO_NUMBER;
  let ties: f32 = 0;
  if (topK > 0 && <usize>topK << 2 < row) {
    threshold = thresholdOf(<f32>topK, keys, 0, row);
    ties = <f32>topK - above;
  }
  if (topP < 1) {
    const enough = topP * (massFrom(threshold + 1, keys, weights, row) + ties * weightAt(threshold, keys, weights, row));
    // Not above the highest, so that one token stays whatever the share.
    const key = min(thresholdOf(enough, keys, weights, row), highest);
    const needed = max<f32>(1, ceil<f32>((enough - above) / weightAt(key, keys, weights, row)));
    if (key > threshold) ties = needed;
    else if (key === threshold) ties = min(ties, needed);
    threshold = max(key, threshold);
  }
  return inverse(threshold, ties, draw, keys, weights, row);
}

/** The keys of a row, and the weights `exp((logit − highest) / temperature)`; filled up with what is never chosen. */
function layOut(logits: usize, row: usize, temperature: f32, keys: usize, weights: usize): void {
  v128.store(keys + (row & -16), i32x4.splat(NO_NUMBER));
  v128.store(weights + (row & -16), f32x4.splat(0));
  const whole = row & -16;
  let most = i32x4.splat(NO_NUMBER);
  for (let at: usize = 0; at < whole; at += 16) {
    const four = keysOf(v128.load(logits + at));
    v128.store(keys + at, four);
    most = i32x4.max_s(most, four);
  }
  for (let at = whole; at < row; at += 4) {
    const key = keysOf(v128.load32_splat(logits + at));
    v128.store_lane<i32>(keys + at, key, 0);
    most = i32x4.max_s(most, key);
  }
  highest = max(
    max(i32x4.extract_lane(most, 0), i32x4.extract_lane(most, 1)), max(i32x4.extract_lane(most, 2), i32x4.extract_lane(most, 3)),
  );
  const top = f32x4.splat(reinterpret<f32>(highest ^ ((highest >> 31) & 0x7fffffff)));
  for (let at: usize = 0; at < whole; at += 16) {
    v128.store(weights + at, weightsOf(v128.load(logits + at), v128.load(keys + at), top, temperature));
  }
  for (let at = whole; at < row; at += 4) {
    v128.store_lane<f32>(weights + at, weightsOf(v128.load32_splat(logits + at), v128.load32_splat(keys + at), top, temperature), 0);
  }
}

// @ts-ignore: decorator
@inline
function keysOf(logits: v128): v128 {
  // Adding 0 makes both zeros one number.
  const bits = f32x4.add(logits, f32x4.splat(0));
  const keys = v128.xor(bits, i32x4.shr_u(i32x4.shr_s(bits, 31), 1));
  return v128.bitselect(keys, i32x4.splat(NO_NUMBER), f32x4.eq(logits, logits));
}

// @ts-ignore: decorator
@inline
function weightsOf(logits: v128, keys: v128, top: v128, temperature: f32): v128 {
  const weights = exp(f32x4.div(f32x4.sub(logits, top), f32x4.splat(temperature)));
  // Infinite logits, too, have a weight; what is no number has none.
  const known = v128.bitselect(f32x4.splat(1), weights, i32x4.eq(keys, i32x4.splat(highest)));
  return v128.and(known, f32x4.eq(logits, logits));
}

/** The largest key from which on there are `enough` tokens (`weights` is 0), or tokens of enough weight. */
function thresholdOf(enough: f32, keys: usize, weights: usize, row: usize): i32 {
  let key = NO_NUMBER;
  above = 0;
  for (let bit = 31; bit >= 0; bit--) {
    const next = key + (1 << bit);
    const there = weights === 0 ? countFrom(next, keys, row) : massFrom(next, keys, weights, row);
    if (there >= enough) key = next;
    else above = there;
  }
  return key;
}

function countFrom(key: i32, keys: usize, row: usize): f32 {
  const least = i32x4.splat(key);
  let count = i32x4.splat(0);
  for (let at: usize = 0; at < row; at += 16) count = i32x4.sub(count, i32x4.ge_s(v128.load(keys + at), least));
  return <f32>(
    i32x4.extract_lane(count, 0) + i32x4.extract_lane(count, 1) + i32x4.extract_lane(count, 2) + i32x4.extract_lane(count, 3)
  );
}

function massFrom(key: i32, keys: usize, weights: usize, row: usize): f32 {
  const least = i32x4.splat(key);
  let sums = f32x4.splat(0);
  for (let at: usize = 0; at < row; at += 16) {
    sums = f32x4.add(sums, v128.and(v128.load(weights + at), i32x4.ge_s(v128.load(keys + at), least)));
  }
  return sumOf(sums);
}

/** The weight of whatever has this key; 0 where nothing has. */
function weightAt(key: i32, keys: usize, weights: usize, row: usize): f32 {
  for (let at: usize = 0; at < row; at += 4) if (load<i32>(keys + at) === key) return load<f32>(weights + at);
  return 0;
}

/** The token at which the sum of the weights that stay, in order of the ids, passes the draw's share of it. */
function inverse(threshold: i32, ties: f32, draw: f32, keys: usize, weights: usize, row: usize): i32 {
  let rank: f32 = 0;
  let total: f32 = 0;
  for (let at: usize = 0; at < row; at += 4) {
    const key = load<i32>(keys + at);
    const stays = key > threshold || (key === threshold && rank++ < ties);
    if (stays) total += load<f32>(weights + at);
    else store<f32>(weights + at, 0);
  }
  // Where all of a row is NaN nothing can be drawn. Else the next smaller number than the total is passed for sure.
  if (total === 0) return 0;
  const goal = min(draw * total, reinterpret<f32>(reinterpret<i32>(total) - 1));
  let passed: f32 = 0;
  let at: usize = 0;
  for (; passed <= goal; at += 4) passed += load<f32>(weights + at);
  return <i32>(at >> 2) - 1;
}
