/**
 * Counter-based randomness: every draw is named by what it is for, never by how many draws came before it, so a
 * resumed run draws what an uninterrupted one would have drawn. It is not cryptographic.
 */

export type Key = string | number;

/** 32-bit hash of a key path: FNV-1a over its UTF-16 units, finished by the murmur3 avalanche. */
export function hash(...path: Key[]): number {
  let h = 0x811c9dc5;
  const text = path.join('\u0000');
  for (let i = 0; i < text.length; i++) {
    h ^= text.charCodeAt(i);
    h = Math.imul(h, 0x01000193);
  }
  return avalanche(h);
}

/** One uniform number in [0, 1) named by its key path. */
export function uniform(...path: Key[]): number {
  return hash(...path) / 0x1_0000_0000;
}

/** A short stream of uniform numbers in [0, 1), named by its key path; the n-th draw depends on nothing but n. */
export function stream(...path: Key[]): () => number {
  const seed = hash(...path);
  let counter = 0;
  return () => {
    counter = (counter + 1) | 0;
    return avalanche(seed ^ Math.imul(counter, 0x9e3779b9)) / 0x1_0000_0000;
  };
}

/** A copy of `items` in an order drawn from `random` (Fisher–Yates). */
export function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const out = items.slice();
  for (let i = out.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [out[i], out[j]] = [out[j] as T, out[i] as T];
  }
  return out;
}

/** One item drawn from a non-empty list. */
export function pick<T>(items: readonly T[], random: () => number): T {
  return items[Math.floor(random() * items.length)] as T;
}

function avalanche(x: number): number {
  let h = x;
  h ^= h >>> 16;
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  h ^= h >>> 16;
  return h >>> 0;
}
