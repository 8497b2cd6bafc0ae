/**
 * Attention forward, eight queries at a time: their scores against all keys they see lie as `[keys, 8]` in scratch memory, so that
 * the softmax goes down the keys with a query in every lane. AssemblyScript: see `scripts/build-kernels.ts`.
 */
import { exp, multiplyAdd } from '../wasm/simd.as';
import { copyScaled, multiplyTile, packColumns, packRows, wholeGroups } from './packed.as';
import {
  endKey, firstKey, headBytes, headDim, heads, isSeen, kvHeads, length, mixedBytes, padded, rowBytes, setSequence, setShape, tokens,
} from './seen.as';

/** Queries of a block: a group of columns of a product. */
const QUERIES: i32 = 8;
/** Stands for the top score of a query that sees no key. No score is as low. */
const NO_TOP: f32 = -3e38;

/** Keys `[tokens / 4, headDim, 4]`. */
let keys: usize = 0;
/** Values `[padded / 8, tokens, 8]`. */
let values: usize = 0;
/** Queries of the block, scaled, `[headDim, 8]`. */
let queries: usize = 0;
/** `[tokens, 8]` */
let scores: usize = 0;
/** What the block mixes, before the division by the sums, `[8, padded]`. */
let out: usize = 0;
/** `[8]` */
let inverseSums: usize = 0;
/** `[8]` */
let blockLogSums: usize = 0;

/** Bytes of scratch memory that a call needs. */
export function attendScratch(ofTokens: i32, ofHeadDim: i32): usize {
  return layOut(0, wholeGroups(ofTokens, 4), wholeGroups(ofHeadDim, 8));
}

function layOut(scratch: usize, rows: i32, columns: i32): usize {
  keys = scratch;
  values = keys + (<usize>(rows * columns) << 2);
  scores = values + (<usize>(rows * columns) << 2);
  queries = scores + (<usize>(rows * QUERIES) << 2);
  out = queries + (<usize>(columns * QUERIES) << 2);
  inverseSums = out + (<usize>(columns * QUERIES) << 2);
  blockLogSums = inverseSums + (<usize>QUERIES << 2);
  return blockLogSums + (<usize>QUERIES << 2);
}

/**
 * Query heads `from` to `to`, counted through all sequences: `softmax(q·kᵀ/√headDim)·v`, and the logarithms of the sums.
 * A query sees keys from `back − 1` before it to `ahead` after it.
 * @param lengths keys of every sequence that are no padding, int32; 0 for all
 */
export function attend(
  from: i32, to: i32, qkv: usize, mixed: usize, logSums: usize, lengths: usize,
  ofTokens: i32, ofHeads: i32, ofKvHeads: i32, ofHeadDim: i32, back: i32, ahead: i32, scratch: usize,
): void {
  setShape(ofTokens, ofHeads, ofKvHeads, ofHeadDim, back, ahead);
  layOut(scratch, wholeGroups(tokens, 4), padded);
  const shared = heads / kvHeads;
  for (let item = from; item < to; item++) {
    const sequence = item / heads;
    const head = item % heads;
    const rows = qkv + <usize>(sequence * tokens) * rowBytes;
    setSequence(lengths, sequence);
    if (item === from || head % shared === 0) {
      const key = rows + <usize>(heads + head / shared) * headBytes;
      packRows(key, rowBytes, length, headDim, 4, 1, keys);
      packColumns(key + <usize>kvHeads * headBytes, rowBytes, length, headDim, 1, values, tokens);
    }
    const outRows = mixed + <usize>(sequence * tokens) * mixedBytes + <usize>head * headBytes;
    const sums = logSums + (<usize>(sequence * tokens * heads + head) << 2);
    for (let query = 0; query < tokens; query += QUERIES) attendBlock(rows + <usize>head * headBytes, query, outRows, sums);
  }
}

function attendBlock(rows: usize, query: i32, outRows: usize, sums: usize): void {
  const count = min(QUERIES, tokens - query);
  const first = firstKey(query) & ~3;
  const end = endKey(query + count - 1);
  packRows(rows + <usize>query * rowBytes, rowBytes, count, headDim, QUERIES, 1 / sqrt<f32>(<f32>headDim), queries);
  for (let key = first; key < end; key += 4) {
    multiplyTile(keys + (<usize>(key * headDim) << 2), 16, queries, headDim, scores + (<usize>key << 5), 32, false);
  }
  for (let lane = 0; lane < count; lane += 4) {
    softmax(query, lane, first, end);
    for (let column = 0; column < headDim; column += 8) {
      multiplyTile(
        scores + (<usize>(first * QUERIES + lane) << 2), 32, values + (<usize>(column * tokens + first * 8) << 2), end - first,
        out + (<usize>(lane * padded + column) << 2), <usize>padded << 2, false,
      );
    }
  }
  for (let i = 0; i < count; i++) {
    const inverse = load<f32>(inverseSums + (<usize>i << 2));
    copyScaled(out + (<usize>(i * padded) << 2), headDim, inverse, outRows + <usize>(query + i) * mixedBytes);
    store<f32>(sums + (<usize>((query + i) * heads) << 2), load<f32>(blockLogSums + (<usize>i << 2)));
  }
}

/**
 * Makes exponentials of the scores of four queries, and leaves their sums' inverse and logarithm. A query that sees no key has
 * zeros for exponentials, and for a logarithm what makes its probabilities zeros again in the gradient: infinity.
 */
function softmax(query: i32, lane: i32, first: i32, end: i32): void {
  const column = scores + (<usize>lane << 2);
  let top = f32x4.splat(NO_TOP);
  for (let key = first; key < end; key++) {
    const at = column + (<usize>key << 5);
    const score = v128.bitselect(v128.load(at), f32x4.splat(-Infinity), isSeen(key, query + lane));
    v128.store(at, score);
    top = f32x4.max(top, score);
  }
  let sum = f32x4.splat(0);
  for (let key = first; key < end; key++) {
    const at = column + (<usize>key << 5);
    const power = exp(f32x4.sub(v128.load(at), top));
    v128.store(at, power);
    sum = f32x4.add(sum, power);
  }
  const seesNone = f32x4.eq(top, f32x4.splat(NO_TOP));
  v128.store(inverseSums + (<usize>lane << 2), v128.andnot(f32x4.div(f32x4.splat(1), sum), seesNone));
  v128.store(blockLogSums + (<usize>lane << 2), v128.bitselect(f32x4.splat(Infinity), f32x4.add(top, log(sum)), seesNone));
}

/** The natural logarithm of positive numbers, to within 2 units in the last place. After Cephes: a polynomial on [√½, √2]. */
function log(x: v128): v128 {
  const half = i32x4.splat(0x3f000000);
  // x = m·2ᵉ with m from ½ to 1, and from √½ to √2 by one exponent less where m is below √½.
  let m = v128.or(v128.and(x, i32x4.splat(0x007fffff)), half);
  const isLow = f32x4.lt(m, f32x4.splat(0.707106781186547524));
  const e = f32x4.convert_i32x4_s(i32x4.add(i32x4.sub(i32x4.shr_u(x, 23), i32x4.splat(126)), isLow));
  m = f32x4.sub(f32x4.add(m, v128.and(m, isLow)), f32x4.splat(1));
  const square = f32x4.mul(m, m);
  let p = f32x4.splat(7.0376836292e-2);
  p = multiplyAdd(p, m, f32x4.splat(-1.1514610310e-1));
  p = multiplyAdd(p, m, f32x4.splat(1.1676998740e-1));
  p = multiplyAdd(p, m, f32x4.splat(-1.2420140846e-1));
  p = multiplyAdd(p, m, f32x4.splat(1.4249322787e-1));
  p = multiplyAdd(p, m, f32x4.splat(-1.6668057665e-1));
  p = multiplyAdd(p, m, f32x4.splat(2.0000714765e-1));
  p = multiplyAdd(p, m, f32x4.splat(-2.4999993993e-1));
  p = multiplyAdd(p, m, f32x4.splat(3.3333331174e-1));
  p = f32x4.mul(f32x4.mul(p, m), square);
  // ln 2 in two parts, the larger of which is exact times e.
  p = multiplyAdd(e, f32x4.splat(-2.12194440e-4), p);
  p = multiplyAdd(square, f32x4.splat(-0.5), p);
  return multiplyAdd(e, f32x4.splat(0.693359375), f32x4.add(m, p));
}
