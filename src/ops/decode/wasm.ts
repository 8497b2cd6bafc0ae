/** Decoding on the WASM backend. */
import type * as tf from '@tensorflow/tfjs';
import type { Heads } from '../attention/kernels';
import type { Turns } from '../rotary/kernels';
import { onWasm as rotaryOnWasm } from '../rotary/wasm';
import { kernels } from '../wasm/kernels';
import { inParallel } from '../wasm/threads';
import { addressOf, allocate, release, uninitialised, wasmBackend } from '../wasm-heap';
import type { Cache, DecodeKernels, Sampling } from './kernels';

/** Of `kernel.as.ts`, besides what {@link inParts} runs. */
interface Kernels {
  storeInCache(
    qkv: number, rows: number, queries: number, width: number, keys: number, values: number, positions: number, tokens: number, capacity: number,
  ): void;
}

/** Numbers to go over that are worth a part of their own: some 50 microseconds. */
const ENOUGH = 500_000;
/** How often a row of logits is gone over, at most: two thresholds of 32 bits, and some. */
const PASSES = 70;

export const onWasm: DecodeKernels = { store, attendNext, sample };

function store(qkv: tf.TensorInfo, { keys, values }: Cache, positions: tf.TensorInfo, tokens: number, { heads, kvHeads, headDim }: Heads): void {
  kernels<Kernels>().storeInCache(
    addressOf(qkv), positions.shape[0] as number, heads * headDim, kvHeads * headDim,
    addressOf(keys), addressOf(values), addressOf(positions), tokens, keys.shape[1],
  );
}

function attendNext(qkv: tf.TensorInfo, cache: Cache, turns: Turns, window: number, sizes: Heads): tf.TensorInfo {
  const { heads, kvHeads, headDim } = sizes;
  const turned = rotaryOnWasm.turn(qkv, turns, sizes, false);
  store(turned, cache, turns.positions, 1, sizes);
  const [batch] = turns.positions.shape;
  const [, capacity] = cache.keys.shape;
  const out = uninitialised([batch, heads * headDim], 'float32');
  inParts('attendCache', batch * heads, 2 * capacity * headDim, capacity + 4, [
    addressOf(turned), heads, kvHeads, headDim, addressOf(cache.keys), addressOf(cache.values), capacity,
    addressOf(turns.positions), Math.min(window, capacity), 1 / Math.sqrt(headDim), addressOf(out),
  ]);
  wasmBackend().disposeData(turned.dataId);
  return out;
}

function sample(logits: tf.TensorInfo, { temperature, topK, topP }: Sampling, draws: tf.TensorInfo): tf.TensorInfo {
  const [rows, vocabulary] = logits.shape as [number, number];
  const ids = uninitialised([rows], 'int32');
  if (temperature === 0) {
    inParallel('likeliestTokens', rows, Math.ceil(ENOUGH / vocabulary), (from, to) => [from, to, addressOf(logits), vocabulary, addressOf(ids)]);
  } else {
    inParts('drawTokens', rows, PASSES * vocabulary, 2 * (vocabulary + 4), [
      addressOf(logits), vocabulary, temperature, topK, topP, addressOf(draws), addressOf(ids),
    ]);
  }
  return ids;
}

/**
 * Shares out items among threads. Each part has scratch memory of its own.
 * @param kernel takes a range of items, then `fixed`, then the address of scratch memory
 * @param each numbers that an item goes over
 */
function inParts(kernel: string, count: number, each: number, scratchNumbers: number, fixed: readonly number[]): void {
  const taken: number[] = [];
  try {
    inParallel(kernel, count, Math.ceil(ENOUGH / each), (from, to) => {
      const scratch = allocate(4 * scratchNumbers);
      taken.push(scratch);
      return [from, to, ...fixed, scratch];
    });
  } finally {
    taken.forEach(release);
  }
}
