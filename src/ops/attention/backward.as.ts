/**
 * Attention backward, block by block of queries and keys: the probabilities P come from the scores again, with the logarithms of
 * the sums that the forward pass left. AssemblyScript: see `scripts/build-kernels.ts`.
 *
 * With O the output, dO its gradient, S = q·kᵀ/√headDim and D the sum of dO∘O of a query:
 * dV = Pᵀ·dO, dP = dO·Vᵀ, dS = P∘(dP − D), dQ = dS·K/√headDim, dK = dSᵀ·Q/√headDim.
 * The heads that share keys add to dK and dV one after the other.
 */
import { exp, multiplyAdd, sumOf } from '../wasm/simd.as';
import { copyScaled, multiplyTile, packColumns, packRows, storeTransposed, wholeGroups } from './packed.as';
import {
  endKey, endQuery, firstKey, firstQuery, headBytes, headDim, heads, isSeen, kvHeads, length, mixedBytes, padded, rowBytes, setSequence,
  setShape, tokens,
} from './seen.as';

/** Queries and keys of a block. What belongs to it stays in the first-level cache. */
const QUERIES: i32 = 32;
const KEYS: i32 = 32;

/** Keys and values `[tokens / 4, headDim, 4]`, and keys `[padded / 8, tokens, 8]`. */
let keys: usize = 0;
let values: usize = 0;
let keyColumns: usize = 0;
/** Sums for the gradients, `[tokens, padded]`. */
let dKeys: usize = 0;
let dValues: usize = 0;

/** Of the block's queries: themselves, scaled, and dO, `[QUERIES / 8, headDim, 8]` and `[padded / 8, QUERIES, 8]`. */
let queries: usize = 0;
let dOut: usize = 0;
let queryColumns: usize = 0;
let dOutColumns: usize = 0;
/** `[QUERIES, padded]` */
let dQueries: usize = 0;
/** `[QUERIES]` */
let blockLogSums: usize = 0;
/** D, `[QUERIES]`. */
let dots: usize = 0;

/** Of 4 keys and 8 queries. */
let scoreTile: usize = 0;
let dWeightTile: usize = 0;
/** P, `[KEYS / 4, QUERIES, 4]`. */
let weights: usize = 0;
/** dS, `[KEYS / 4, QUERIES, 4]` and `[KEYS, QUERIES]`. */
let dScores: usize = 0;
let dScoreRows: usize = 0;

/** Bytes of scratch memory that a call needs. */
export function attendBackScratch(ofTokens: i32, ofHeadDim: i32): usize {
  return layOut(0, wholeGroups(ofTokens, 4), wholeGroups(ofHeadDim, 8));
}

function layOut(scratch: usize, rows: i32, columns: i32): usize {
  const all = <usize>(rows * columns) << 2;
  const some = <usize>(QUERIES * columns) << 2;
  const block = <usize>(QUERIES * KEYS) << 2;
  keys = scratch;
  values = keys + all;
  keyColumns = values + all;
  dKeys = keyColumns + all;
  dValues = dKeys + all;
  queries = dValues + all;
  dOut = queries + some;
  queryColumns = dOut + some;
  dOutColumns = queryColumns + some;
  dQueries = dOutColumns + some;
  blockLogSums = dQueries + some;
  dots = blockLogSums + (<usize>QUERIES << 2);
  scoreTile = dots + (<usize>QUERIES << 2);
  dWeightTile = scoreTile + 128;
  weights = dWeightTile + 128;
  dScores = weights + block;
  dScoreRows = dScores + block;
  return dScoreRows + block;
}

/**
 * The gradient for key heads `from` to `to`, counted through all sequences, and the query heads that read them: all of dqkv that
 * is theirs. Mask and lengths as for `attend`.
 */
export function attendBack(
  from: i32, to: i32, dMixed: usize, qkv: usize, mixed: usize, logSums: usize, lengths: usize, dqkv: usize,
  ofTokens: i32, ofHeads: i32, ofKvHeads: i32, ofHeadDim: i32, back: i32, ahead: i32, scratch: usize,
): void {
  setShape(ofTokens, ofHeads, ofKvHeads, ofHeadDim, back, ahead);
  const shared = heads / kvHeads;
  layOut(scratch, wholeGroups(tokens, 4), padded);
  for (let item = from; item < to; item++) {
    const sequence = item / kvHeads;
    const kvHead = item % kvHeads;
    const row = <usize>(sequence * tokens);
    const key = row * rowBytes + <usize>(heads + kvHead) * headBytes;
    const value = key + <usize>kvHeads * headBytes;
    setSequence(lengths, sequence);
    openKeys(qkv + key, qkv + value);
    for (let head = kvHead * shared; head < (kvHead + 1) * shared; head++) {
      const query = row * rowBytes + <usize>head * headBytes;
      const out = row * mixedBytes + <usize>head * headBytes;
      const sums = logSums + (<usize>(sequence * tokens * heads + head) << 2);
      for (let first = 0; first < tokens; first += QUERIES) {
        openQueries(qkv + query, dMixed + out, mixed + out, sums, first);
        for (let block = firstKey(first) / KEYS * KEYS; block < endKey(first + QUERIES - 1); block += KEYS) attendBackBlock(first, block);
        closeQueries(dqkv + query, first);
      }
    }
    for (let i = 0; i < tokens; i++) {
      copyScaled(dKeys + (<usize>(i * padded) << 2), headDim, 1, dqkv + key + <usize>i * rowBytes);
      copyScaled(dValues + (<usize>(i * padded) << 2), headDim, 1, dqkv + value + <usize>i * rowBytes);
    }
  }
}

function openKeys(key: usize, value: usize): void {
  packRows(key, rowBytes, length, headDim, 4, 1, keys);
  packRows(value, rowBytes, length, headDim, 4, 1, values);
  packColumns(key, rowBytes, length, headDim, 1, keyColumns, tokens);
  const bytes = <usize>(wholeGroups(tokens, 4) * padded) << 2;
  memory.fill(dKeys, 0, bytes);
  memory.fill(dValues, 0, bytes);
}

function openQueries(query: usize, dMixed: usize, mixed: usize, logSums: usize, first: i32): void {
  const count = min(QUERIES, tokens - first);
  const scale: f32 = 1 / sqrt<f32>(<f32>headDim);
  query += <usize>first * rowBytes;
  dMixed += <usize>first * mixedBytes;
  mixed += <usize>first * mixedBytes;
  packRows(query, rowBytes, count, headDim, 8, scale, queries);
  packColumns(query, rowBytes, count, headDim, scale, queryColumns, QUERIES);
  packRows(dMixed, mixedBytes, count, headDim, 8, 1, dOut);
  packColumns(dMixed, mixedBytes, count, headDim, 1, dOutColumns, QUERIES);
  for (let i = 0; i < count; i++) {
    store<f32>(dots + (<usize>i << 2), dotOf(dMixed + <usize>i * mixedBytes, mixed + <usize>i * mixedBytes));
    store<f32>(blockLogSums + (<usize>i << 2), load<f32>(logSums + (<usize>((first + i) * heads) << 2)));
  }
  memory.fill(dQueries, 0, <usize>(QUERIES * padded) << 2);
}

function closeQueries(dQuery: usize, first: i32): void {
  const scale: f32 = 1 / sqrt<f32>(<f32>headDim);
  for (let i = 0; i < min(QUERIES, tokens - first); i++) {
    copyScaled(dQueries + (<usize>(i * padded) << 2), headDim, scale, dQuery + <usize>(first + i) * rowBytes);
  }
}

/** The part of all gradients that a block of queries and one of keys have in each other. */
function attendBackBlock(query: i32, key: i32): void {
  const end = min(length, key + KEYS);
  for (let four = key; four < end; four += 4) {
    const first = max(query, firstQuery(four));
    const last = min(query + QUERIES, endQuery(four + 3));
    if (first >= last) continue;
    for (let eight = query + ((first - query) & ~7); eight < last; eight += 8) weigh(query, key, eight, four);
    sumKeys(first - query, last - first, four, four - key);
  }
  for (let four = query; four < min(tokens, query + QUERIES); four += 4) {
    const first = max(key, firstKey(four));
    const last = min(end, endKey(four + 3));
    if (first < last) sumQueries(four - query, first, last - first, first - key);
  }
}

/** P and dS of four keys and eight queries. */
function weigh(query: i32, key: i32, eight: i32, four: i32): void {
  const rows = <usize>(four * headDim) << 2;
  const columns = <usize>((eight - query) * headDim) << 2;
  multiplyTile(keys + rows, 16, queries + columns, headDim, scoreTile, 32, false);
  multiplyTile(values + rows, 16, dOut + columns, headDim, dWeightTile, 32, false);
  weighFour(eight, eight - query, four, four - key, 0);
  weighFour(eight + 4, eight + 4 - query, four, four - key, 16);
}

/** @param at of the four queries in a row of the tiles, in bytes */
function weighFour(query: i32, queryAt: i32, key: i32, keyAt: i32, at: usize): void {
  const logSum = v128.load(blockLogSums + (<usize>queryAt << 2));
  const dot = v128.load(dots + (<usize>queryAt << 2));
  const toRows = dScoreRows + (<usize>(keyAt * QUERIES + queryAt) << 2);
  const toGroups = <usize>(keyAt * QUERIES + queryAt * 4) << 2;
  const rowEnd: usize = <usize>QUERIES << 2;
  const seen0 = isSeen(key, query);
  const seen1 = isSeen(key + 1, query);
  const seen2 = isSeen(key + 2, query);
  const seen3 = isSeen(key + 3, query);
  const w0 = v128.and(exp(f32x4.sub(v128.load(scoreTile + at), logSum)), seen0);
  const w1 = v128.and(exp(f32x4.sub(v128.load(scoreTile + at, 32), logSum)), seen1);
  const w2 = v128.and(exp(f32x4.sub(v128.load(scoreTile + at, 64), logSum)), seen2);
  const w3 = v128.and(exp(f32x4.sub(v128.load(scoreTile + at, 96), logSum)), seen3);
  storeTransposed(w0, w1, w2, w3, weights + toGroups, 16);
  const d0 = v128.and(f32x4.mul(w0, f32x4.sub(v128.load(dWeightTile + at), dot)), seen0);
  const d1 = v128.and(f32x4.mul(w1, f32x4.sub(v128.load(dWeightTile + at, 32), dot)), seen1);
  const d2 = v128.and(f32x4.mul(w2, f32x4.sub(v128.load(dWeightTile + at, 64), dot)), seen2);
  const d3 = v128.and(f32x4.mul(w3, f32x4.sub(v128.load(dWeightTile + at, 96), dot)), seen3);
  storeTransposed(d0, d1, d2, d3, dScores + toGroups, 16);
  v128.store(toRows, d0);
  v128.store(toRows + rowEnd, d1);
  v128.store(toRows + 2 * rowEnd, d2);
  v128.store(toRows + 3 * rowEnd, d3);
}

/** Adds to the gradients of four keys and their values what `count` queries of the block give. */
function sumKeys(first: i32, count: i32, key: i32, keyAt: i32): void {
  const left = <usize>(keyAt * QUERIES + first * 4) << 2;
  for (let column = 0; column < headDim; column += 8) {
    const right = <usize>(column * QUERIES + first * 8) << 2;
    const to = <usize>(key * padded + column) << 2;
    multiplyTile(weights + left, 16, dOutColumns + right, count, dValues + to, <usize>padded << 2, true);
    multiplyTile(dScores + left, 16, queryColumns + right, count, dKeys + to, <usize>padded << 2, true);
  }
}

/** Adds to the gradients of four queries what `count` keys of the block give. */
function sumQueries(queryAt: i32, key: i32, count: i32, keyAt: i32): void {
  const left = dScoreRows + (<usize>(keyAt * QUERIES + queryAt) << 2);
  for (let column = 0; column < headDim; column += 8) {
    const to = dQueries + (<usize>(queryAt * padded + column) << 2);
    const right = keyColumns + (<usize>(column * tokens + key * 8) << 2);
    multiplyTile(left, <usize>QUERIES << 2, right, count, to, <usize>padded << 2, true);
  }
}

function dotOf(a: usize, b: usize): f32 {
  let sums = f32x4.splat(0);
  let at: usize = 0;
  for (const whole = <usize>(headDim & ~3) << 2; at < whole; at += 16) sums = multiplyAdd(v128.load(a + at), v128.load(b + at), sums);
  let sum = sumOf(sums);
  for (; at < headBytes; at += 4) sum += load<f32>(a + at) * load<f32>(b + at);
  return sum;
}
