/**
 * Matrix products on the WASM backend, by kernels of ours that work in its memory (`kernel.as.ts`). The stock product
 * rearranges each matrix that it has not seen before, and multiplies by a transposed one in plain loops.
 */
import type * as tf from '@tensorflow/tfjs';
import { addressOf, uninitialised } from '../wasm-heap';
import { WORTHWHILE, inParallel } from '../wasm/threads';
import type { LinearKernels, Product, Side } from './kernels';

/** Rows and columns of C that a part of the work is a multiple of. */
const TILE = 8;

export const onWasm: LinearKernels = { multiply, multiplyGated, sumRows };

/** Rows or columns of C are shared out, whichever are more: each thread reads the whole of the other side. */
function multiply({ a, b, c, m, k, n, bias, residual, adds = false }: Product): void {
  const [atA, atB, atC] = [placeOf(a), placeOf(b), placeOf(c)];
  const [atBias, atResidual] = [bias ? addressOf(bias) : 0, residual ? addressOf(residual) : 0];
  /** Arguments for rows from i and columns from j on. */
  const block = (i: number, height: number, j: number, width: number): number[] => [
    atA + 4 * i * (a.transposed ? 1 : a.stride), a.stride, Number(a.transposed ?? false),
    atB + 4 * j * (b.transposed ? b.stride : 1), b.stride, Number(b.transposed ?? false),
    atC + 4 * (i * c.stride + j), c.stride, height, k, width,
    atBias && atBias + 4 * j, atResidual && atResidual + 4 * (i * n + j), n, Number(adds),
  ];
  if (n >= m) inTiles('multiply', n, m * k, (from, to) => block(0, m, from, to - from));
  else inTiles('multiply', m, n * k, (from, to) => block(from, to - from, 0, n));
}

function multiplyGated(x: tf.TensorInfo, weight: tf.TensorInfo): { gates: tf.TensorInfo; out: tf.TensorInfo } {
  const [m, k] = x.shape as [number, number];
  const n = weight.shape[1] as number / 2;
  const gates = uninitialised([m, 2 * n], 'float32');
  const out = uninitialised([m, n], 'float32');
  const addresses = [x, weight, gates, out].map(addressOf);
  inTiles('multiplyGated', n, 2 * m * k, (from, to) => [...addresses, m, k, n, from, to]);
  return { gates, out };
}

function sumRows(x: tf.TensorInfo): tf.TensorInfo {
  const [m, n] = x.shape as [number, number];
  const out = uninitialised([n], 'float32');
  const [from, to] = [addressOf(x), addressOf(out)];
  inTiles('sumRows', n, 4 * m, (first, end) => [from + 4 * first, n, m, end - first, to + 4 * first]);
  return out;
}

/**
 * Runs a kernel on rows or columns, at least a whole tile of them a part: with fewer the kernel computes what nobody wants. The
 * bits do not depend on the parts.
 * @param each multiplications for one of them
 */
function inTiles(kernel: string, count: number, each: number, run: (from: number, to: number) => number[]): void {
  const grain = Math.ceil(WORTHWHILE / (each * TILE));
  const tiles = Math.max(1, Math.floor(count / TILE));
  inParallel(kernel, tiles, grain, (from, to) => run(from * TILE, to === tiles ? count : to * TILE));
}

function placeOf({ data, offset = 0 }: Side): number {
  return addressOf(data) + 4 * offset;
}
