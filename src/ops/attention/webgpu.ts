/**
 * Attention on the WebGPU backend, which never writes the scores out: by tiles that a workgroup shares, or, where the adapter
 * is the CPU in disguise, by threads that work alone. One dispatch forward, two back.
 */
import type * as tf from '@tensorflow/tfjs';
import { GROUP_SIZE, type Kernel, adapterKind, discard, dispatch, spread, uninitialised } from '../webgpu-pass';
import attendByThread from './attend-by-thread.wgsl?raw';
import attendByTile from './attend-by-tile.wgsl?raw';
import backByThread from './back-by-thread.wgsl?raw';
import backByTile from './back-by-tile.wgsl?raw';
import type { AttentionKernels, AttentionShape, Mask } from './kernels';
import scalars from './scalars.wgsl?raw';
import shapeText from './shape.wgsl?raw';
import tile from './tile.wgsl?raw';
import { unrolled } from './unrolled';
import vectors from './vectors.wgsl?raw';

type EntryPoint = 'attend' | 'back_to_queries' | 'back_to_keys';

/** Tokens along a side of a tile, and parts of a chunk, as in `tile.wgsl`. */
const SIDE = 32;
const CHUNK = 8;
/** Parts of heads that a lone thread has of queries, or of keys: more of them share a load, and take longer to compile. */
const PARTS_PER_THREAD = 16;
const MOST_ROWS_PER_THREAD = 4;

export const onWebGpu: AttentionKernels = {
  attend(qkv, shape, mask) {
    const { batch, tokens, heads, headDim } = shape;
    const mixed = uninitialised([batch * tokens, heads * headDim], 'float32');
    const logSums = uninitialised([batch * tokens, heads], 'float32');
    run('attend', [qkv, mask.lengths ?? qkv, mixed, logSums], shape, mask);
    return { mixed, logSums };
  },

  attendBack(dMixed, qkv, mixed, logSums, shape, mask) {
    const dQkv = uninitialised(qkv.shape, 'float32');
    const dots = uninitialised(logSums.shape, 'float32');
    const buffers = [qkv, mask.lengths ?? qkv, dMixed, logSums, dQkv, dots];
    run('back_to_queries', [...buffers, mixed], shape, mask);
    run('back_to_keys', buffers, shape, mask);
    discard(dots);
    return dQkv;
  },
};

function run(entryPoint: EntryPoint, buffers: tf.TensorInfo[], shape: AttentionShape, { causal, window, lengths }: Mask): void {
  const { batch, tokens, heads, kvHeads, headDim } = shape;
  // Nothing can be bound of an empty batch.
  if (batch * tokens === 0) return;
  const back = causal ? Math.min(window, tokens) - 1 : tokens;
  const ahead = causal ? 0 : tokens;
  const uniforms = [batch, tokens, heads, kvHeads, back, ahead, lengths ? 1 : 0];
  const sequences = batch * (entryPoint === 'back_to_keys' ? kvHeads : heads);
  if (adapterKind() === 'hardware') {
    dispatch(byTile(entryPoint, headDim), buffers, uniforms, spread(GROUP_SIZE * sequences * Math.ceil(tokens / SIDE)));
  } else {
    dispatch(byThread(entryPoint, headDim), buffers, uniforms, spread(sequences * Math.ceil(tokens / rowsPerThread(headDim))));
  }
}

function byTile(entryPoint: EntryPoint, headDim: number): Kernel {
  const PARTS = partsOf(headDim);
  const text = tile + (entryPoint === 'attend' ? attendByTile : backByTile);
  return kernelOf(`${entryPoint} by tile`, entryPoint, headDim, text, { PARTS, CHUNKS: Math.ceil(PARTS / CHUNK) });
}

function byThread(entryPoint: EntryPoint, headDim: number): Kernel {
  const text = entryPoint === 'attend' ? attendByThread : backByThread;
  return kernelOf(`${entryPoint} by thread`, entryPoint, headDim, text, { PARTS: partsOf(headDim), ROWS: rowsPerThread(headDim) });
}

/** By label. Unrolling takes longer than a dispatch. */
const kernels = new Map<string, Kernel>();

/** @param counts constants of the text; loops up to them are unrolled */
function kernelOf(name: string, entryPoint: EntryPoint, headDim: number, text: string, counts: Record<string, number>): Kernel {
  const label = `${name}, heads of ${headDim}`;
  const known = kernels.get(label);
  if (known) return known;
  const constants = Object.entries(counts).map(([constant, value]) => `const ${constant} = ${value}u;\n`).join('');
  const code = (isVector(headDim) ? vectors : scalars) + constants + unrolled(shapeText + text, counts);
  const kernel = { label, code, entryPoint, constants: { SCALE: 1 / Math.sqrt(headDim) } };
  kernels.set(label, kernel);
  return kernel;
}

function isVector(headDim: number): boolean {
  return headDim % 4 === 0;
}

function partsOf(headDim: number): number {
  return isVector(headDim) ? headDim / 4 : headDim;
}

function rowsPerThread(headDim: number): number {
  return Math.min(MOST_ROWS_PER_THREAD, Math.max(1, Math.floor(PARTS_PER_THREAD / partsOf(headDim))));
}
