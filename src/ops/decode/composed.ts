/**
 * Decoding number by number on the host: what the kernels compute, and the oracle that they are held against. Too slow for a
 * model.
 */
import type { Heads } from '../attention/kernels';
import type { Sampling } from './kernels';

/** A cache on the host: keys and values, each `[batch, capacity, kvHeads·headDim]`. */
export interface HostCache {
  keys: Float32Array;
  values: Float32Array;
  capacity: number;
}

/** Writes keys and values of every row of `qkv` to their places; see `DecodeKernels`. */
export function storeComposed(qkv: Float32Array, cache: HostCache, positions: Int32Array, tokens: number, { heads, kvHeads, headDim }: Heads): void {
  const width = kvHeads * headDim;
  positions.forEach((position, row) => {
    const keysFrom = row * (heads * headDim + 2 * width) + heads * headDim;
    const to = (Math.floor(row / tokens) * cache.capacity + position) * width;
    cache.keys.set(qkv.subarray(keysFrom, keysFrom + width), to);
    cache.values.set(qkv.subarray(keysFrom + width, keysFrom + 2 * width), to);
  });
}

/** Attention of one query per sequence to the cache, `[batch, heads·headDim]`; see `DecodeKernels`. */
export function attendComposed(qkv: Float32Array, cache: HostCache, positions: Int32Array, window: number, sizes: Heads): Float32Array {
  const { heads, kvHeads, headDim } = sizes;
  const out = new Float32Array(positions.length * heads * headDim);
  positions.forEach((position, sequence) => {
    const first = Math.max(0, position + 1 - window);
    for (let head = 0; head < heads; head++) {
      const from = sequence * (heads + 2 * kvHeads) * headDim + head * headDim;
      const query = qkv.subarray(from, from + headDim);
      const kvHead = Math.floor(head / (heads / kvHeads));
      const placeOf = (key: number): number => ((sequence * cache.capacity + key) * kvHeads + kvHead) * headDim;
      const scores = Array.from({ length: position + 1 - first }, (_, i) => dot(query, cache.keys, placeOf(first + i)) / Math.sqrt(headDim));
      const most = Math.max(...scores);
      const weights = scores.map((score) => Math.exp(score - most));
      const sum = weights.reduce((a, b) => a + b, 0);
      for (let d = 0; d < headDim; d++) {
        const mixed = weights.reduce((total, weight, i) => total + weight * (cache.values[placeOf(first + i) + d] as number), 0);
        out[(sequence * heads + head) * headDim + d] = mixed / sum;
      }
    }
  });
  return out;
}

function dot(query: Float32Array, keys: Float32Array, from: number): number {
  return query.reduce((sum, x, d) => sum + x * (keys[from + d] as number), 0);
}

/**
 * The token of one row: tokens in order of falling score, the lower id first among equals, are cut off behind the `topK`-th and
 * behind the one that fills up the share `topP` of what is left; the draw falls among those that stay, in order of their ids.
 * @param logits `[vocabulary]`, none of them NaN
 */
export function sampleComposed(logits: Float32Array, { temperature, topK, topP }: Sampling, draw: number): number {
  const falling = [...logits.keys()].sort((a, b) => (logits[b] as number) - (logits[a] as number) || a - b);
  const most = falling[0] as number;
  if (temperature === 0) return most;
  const weightOf = (id: number): number => logits[id] === logits[most] ? 1 : Math.exp(((logits[id] as number) - (logits[most] as number)) / temperature);
  const likeliest = falling.slice(0, topK === 0 ? undefined : topK);
  const kept = likeliest.slice(0, nucleus(likeliest.map(weightOf), topP)).sort((a, b) => a - b);
  let left = draw * kept.reduce((sum, id) => sum + weightOf(id), 0);
  for (const id of kept) {
    left -= weightOf(id);
    if (left < 0) return id;
  }
  return kept.at(-1) as number;
}

/** How many of the falling weights make up a share of them all; at least one (Holtzman et al., arXiv 1904.09751). */
function nucleus(weights: readonly number[], share: number): number {
  if (share >= 1) return weights.length;
  const target = share * weights.reduce((a, b) => a + b, 0);
  let before = 0;
  let count = 0;
  while (count < weights.length && before < target) before += weights[count++] as number;
  return Math.max(count, 1);
}
