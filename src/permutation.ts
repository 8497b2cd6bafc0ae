/**
 * An order of 0 … n-1 drawn by key, in constant memory: a Feistel network over the next power of four, walked until it comes back
 * below n (Black and Rogaway, "Ciphers with arbitrary finite domains", 2002). The place of each number depends on nothing else, so
 * that a longer draw begins with the shorter one. It shuffles and keeps no secret.
 */
import { hash, type Key } from './random';

const rounds = 6;

/** The number at `place` of the order; both are in 0 … n-1, and n is at most 2^30. */
export function permutation(n: number, ...key: Key[]): (place: number) => number {
  const half = halfBits(n);
  const mask = 2 ** half - 1;
  const keys = Array.from({ length: rounds }, (_, round) => hash(...key, 'order', round));
  const once = (value: number): number => {
    let [left, right] = [value >>> half, value & mask];
    for (const each of keys) [left, right] = [right, left ^ (stir(right ^ each) & mask)];
    return (left << half) | right;
  };
  return (place) => {
    let value = once(place);
    while (value >= n) value = once(value);
    return value;
  };
}

/** Bits of each half of the network: the smallest whose square of values holds n. */
function halfBits(n: number): number {
  let half = 1;
  while (4 ** half < n) half++;
  return half;
}

/** The murmur3 finaliser, with the key stirred in before it. */
function stir(word: number): number {
  let h = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
