/** Decoding on the backend in use, held against the composed form: what holds in Node and in a browser alike. */
import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import type { Heads } from '../../src/ops/attention/kernels';
import { attendComposed, type HostCache, sampleComposed, storeComposed } from '../../src/ops/decode/composed';
import type { Cache, Sampling } from '../../src/ops/decode/kernels';
import { onDevice } from '../../src/ops/decode/on-device';
import type { Turns } from '../../src/ops/rotary/kernels';
import { rotary, tableOf } from '../../src/ops/rotary/rotary';
import { stream } from '../../src/random';
import { expectClose } from './close';
import { randomTensor } from './gradient';

export interface DecodeShape extends Heads {
  /** Tokens of every sequence's prompt, padding included. */
  tokens: number;
  capacity: number;
  window: number;
  /** Position of every sequence's new token. */
  positions: number[];
}

/** The last is longer than what is gone through at a time. */
export const decodeShapes: DecodeShape[] = [
  { heads: 1, kvHeads: 1, headDim: 2, tokens: 1, capacity: 1, window: Infinity, positions: [0] },
  { heads: 4, kvHeads: 2, headDim: 8, tokens: 5, capacity: 9, window: Infinity, positions: [5, 2, 0] },
  { heads: 3, kvHeads: 1, headDim: 18, tokens: 33, capacity: 65, window: 7, positions: [33, 3] },
  { heads: 6, kvHeads: 3, headDim: 20, tokens: 17, capacity: 40, window: 1, positions: [16, 9] },
  { heads: 2, kvHeads: 1, headDim: 72, tokens: 3, capacity: 33, window: 2, positions: [3, 1, 2, 0] },
  { heads: 2, kvHeads: 1, headDim: 16, tokens: 1100, capacity: 1104, window: Infinity, positions: [1100, 1030] },
];

/** Takes in whole prompts, and then a new token from which it attends; all against the composed form. */
export async function expectDecoding(shape: DecodeShape): Promise<void> {
  const { heads, kvHeads, headDim, tokens, capacity, window, positions } = shape;
  const batch = positions.length;
  const width = (heads + 2 * kvHeads) * headDim;
  const cache = emptyCache(batch, capacity, kvHeads * headDim);
  const host = hostCache(cache);
  const prompts = randomTensor<tf.Rank.R2>([batch * tokens, width], 'prompts', ...positions);
  const places = Int32Array.from({ length: batch * tokens }, (_, row) => row % tokens);
  const fresh = randomTensor<tf.Rank.R2>([batch, width], 'fresh', ...positions);
  const at = Int32Array.from(positions);

  onDevice().store(prompts, cache, tf.tensor1d(places, 'int32'), tokens, shape);
  const mixed = tf.engine().makeTensorFromTensorInfo(onDevice().attendNext(fresh, cache, turnsOf(shape, at), window, shape));

  storeComposed(await prompts.data<'float32'>() as Float32Array, host, places, tokens, shape);
  const turned = await rotary(fresh, turnsOf(shape, at), shape).data<'float32'>() as Float32Array;
  storeComposed(turned, host, at, 1, shape);
  const where = JSON.stringify(shape);
  expectClose(await tf.reshape(cache.keys, [-1]).data(), host.keys, 1e-6, `keys ${where}`);
  expect(await tf.reshape(cache.values, [-1]).data(), `values ${where}`).toEqual(host.values);
  expect(mixed.shape).toEqual([batch, heads * headDim]);
  expectClose(await mixed.data(), attendComposed(turned, host, at, window, shape), 1e-5, `attention ${where}`);
}

function turnsOf({ capacity, headDim }: DecodeShape, positions: Int32Array): Turns {
  return { ...tableOf(capacity, Array.from({ length: headDim / 2 }, (_, i) => 0.7 ** i)), positions: tf.tensor1d(positions, 'int32') };
}

/** What a cache holds before anything is stored: nobody may read it. */
const UNTOUCHED = 1e30;

function emptyCache(batch: number, capacity: number, width: number): Cache {
  const empty = (): tf.Tensor3D => tf.fill([batch, capacity, width], UNTOUCHED);
  return { keys: empty(), values: empty() };
}

function hostCache({ keys }: Cache): HostCache {
  const filled = (): Float32Array => new Float32Array(keys.size).fill(UNTOUCHED);
  return { keys: filled(), values: filled(), capacity: keys.shape[1] };
}

/** What every sequence's attention is, alone and with the others; one array per sequence. */
export async function attentionInCompanies(shape: DecodeShape): Promise<{ together: number[][]; alone: number[][] }> {
  const { heads, kvHeads, headDim, capacity, window, positions } = shape;
  const attend = async (sequences: number[]): Promise<number[][]> => {
    const pick = (x: tf.Tensor): tf.Tensor => tf.concat(sequences.map((sequence) => tf.slice(x, [sequence], [1])));
    const keys = pick(randomTensor<tf.Rank.R3>([positions.length, capacity, kvHeads * headDim], 'keys')) as tf.Tensor3D;
    const values = pick(randomTensor<tf.Rank.R3>([positions.length, capacity, kvHeads * headDim], 'values')) as tf.Tensor3D;
    const qkv = pick(randomTensor<tf.Rank.R2>([positions.length, (heads + 2 * kvHeads) * headDim], 'qkv'));
    const turns = turnsOf(shape, Int32Array.from(sequences, (sequence) => positions[sequence] as number));
    const mixed = tf.engine().makeTensorFromTensorInfo(onDevice().attendNext(qkv, { keys, values }, turns, window, shape)) as tf.Tensor2D;
    return await mixed.array();
  };
  const all = [...positions.keys()];
  const alone: number[][] = [];
  for (const sequence of all) alone.push(...await attend([sequence]));
  return { together: await attend(all), alone };
}

/** Tokens of rows of logits on the backend in use. */
export async function sampled(rows: readonly (readonly number[] | Float32Array)[], sampling: Sampling, draws: readonly number[]): Promise<number[]> {
  const logits = tf.tensor2d(Float32Array.from(rows.flatMap((row) => [...row])), [rows.length, rows[0]?.length ?? 0]);
  const ids = tf.engine().makeTensorFromTensorInfo(onDevice().sample(logits, sampling, tf.tensor1d([...draws])));
  expect(ids.dtype).toBe('int32');
  return Array.from(await ids.data());
}

export const samplings: Sampling[] = [
  { temperature: 0, topK: 0, topP: 1 },
  { temperature: 1, topK: 0, topP: 1 },
  { temperature: 0.7, topK: 5, topP: 1 },
  { temperature: 1.3, topK: 0, topP: 0.8 },
  { temperature: 2, topK: 7, topP: 0.6 },
  { temperature: 1, topK: 1000, topP: 0.01 },
];

/**
 * Tokens drawn at random from random rows, against the composed form. In half of the rows of a small vocabulary many logits are
 * equal, so that thresholds fall among equals. Draws keep a distance to the borders between tokens, which rounding may move.
 */
export async function expectSampling(vocabulary: number, sampling: Sampling): Promise<void> {
  const random = stream('sampling', vocabulary, sampling.topK, sampling.topP);
  const rows = Array.from({ length: vocabulary < 1000 ? 6 : 1 }, (_, row) => (
    Float32Array.from({ length: vocabulary }, () => row % 2 === 1 ? Math.round(random() * 6 - 3) : random() * 12 - 6)
  ));
  const draws = rows.map((row) => clearDraw(row, sampling, random));
  expect(await sampled(rows, sampling, draws), `${vocabulary} ${JSON.stringify(sampling)}`)
    .toEqual(rows.map((row, i) => sampleComposed(row, sampling, draws[i] as number)));
}

function clearDraw(row: Float32Array, sampling: Sampling, random: () => number): number {
  for (let tries = 0; tries < 20; tries++) {
    const draw = Math.fround(random() * 0.998 + 0.001);
    const near = [draw - 1e-4, draw + 1e-4].map((shifted) => sampleComposed(row, sampling, shifted));
    if (near[0] === near[1]) return draw;
  }
  throw new Error('Every token is too unlikely.');
}

/** Shares of the unit interval that fall to each token, told by draws of equal distance. */
export async function sharesOf(logits: readonly number[], sampling: Sampling, count: number): Promise<number[]> {
  const draws = Array.from({ length: count }, (_, i) => (i + 0.5) / count);
  const ids = await sampled(draws.map(() => logits), sampling, draws);
  expect(ids).toEqual(ids.toSorted((a, b) => a - b));
  return logits.map((_, id) => ids.filter((other) => other === id).length / count);
}
