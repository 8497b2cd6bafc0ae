/**
 * The shape and mask of the call at hand, and which keys a query sees under it: those at most `back − 1` before it and at most
 * `ahead` after it, up to the length of its sequence. AssemblyScript: see `scripts/build-kernels.ts`.
 *
 * They are globals because a module's globals are its instance's own: calls of several threads may run side by side.
 */
import { wholeGroups } from './packed.as';

export let tokens: i32 = 0;
export let heads: i32 = 0;
export let kvHeads: i32 = 0;
export let headDim: i32 = 0;
/** headDim in whole groups of columns. */
export let padded: i32 = 0;
/** Bytes of a head, of a token's queries, keys and values, and of its results. */
export let headBytes: usize = 0;
export let rowBytes: usize = 0;
export let mixedBytes: usize = 0;
let back: i32 = 0;
let ahead: i32 = 0;
/** Keys of the sequence at hand that are no padding. */
export let length: i32 = 0;

export function setShape(ofTokens: i32, ofHeads: i32, ofKvHeads: i32, ofHeadDim: i32, sees: i32, foresees: i32): void {
  tokens = ofTokens;
  heads = ofHeads;
  kvHeads = ofKvHeads;
  headDim = ofHeadDim;
  padded = wholeGroups(headDim, 8);
  headBytes = <usize>headDim << 2;
  rowBytes = <usize>(heads + 2 * kvHeads) * headBytes;
  mixedBytes = <usize>heads * headBytes;
  back = sees;
  ahead = foresees;
}

/** Takes the length of a sequence from `lengths`, unless that is 0: no padding. */
export function setSequence(lengths: usize, sequence: i32): void {
  length = lengths === 0 ? tokens : max(0, min(tokens, load<i32>(lengths + (<usize>sequence << 2))));
}

/** The first key that a query sees, if it sees any. */
// @ts-ignore: decorator
@inline
export function firstKey(query: i32): i32 {
  return max(0, query + 1 - back);
}

/** One more than the last. */
// @ts-ignore: decorator
@inline
export function endKey(query: i32): i32 {
  return min(length, query + 1 + ahead);
}

/** The first query that sees a key, and one more than the last. */
// @ts-ignore: decorator
@inline
export function firstQuery(key: i32): i32 {
  return max(0, key - ahead);
}

// @ts-ignore: decorator
@inline
export function endQuery(key: i32): i32 {
  return min(tokens, key + back);
}

/** Whether each of four queries, the given one and those after it, sees a key, as a mask of lanes. */
// @ts-ignore: decorator
@inline
export function isSeen(key: i32, query: i32): v128 {
  if (key >= length) return i32x4.splat(0);
  const distance = i32x4.sub(i32x4.splat(key - query), i32x4(0, 1, 2, 3));
  return v128.and(i32x4.gt_s(distance, i32x4.splat(-back)), i32x4.le_s(distance, i32x4.splat(ahead)));
}
