/** Decoding on the WebGPU backend. */
import type * as tf from '@tensorflow/tfjs';
import type { Heads } from '../attention/kernels';
import { type Kernel, adapterKind, bits, dispatch, spread, uninitialised } from '../webgpu-pass';
import type { Turns } from '../rotary/kernels';
import attending from './attend.wgsl?raw';
import type { Cache, DecodeKernels, Sampling } from './kernels';
import logitsFour from './logits-four.wgsl?raw';
import logitsOne from './logits-one.wgsl?raw';
import logitKeys from './logits.wgsl?raw';
import partFour from './part-four.wgsl?raw';
import partOne from './part-one.wgsl?raw';
import sampling from './sample.wgsl?raw';
import storing from './store.wgsl?raw';

export const onWebGpu: DecodeKernels = { store, attendNext, sample };

/** Threads of a workgroup. On a software adapter they are four lanes of one processor, and a barrier among them costs little. */
const THREADS = { hardware: { attend: 128, sample: 256 }, software: { attend: 4, sample: 4 } } as const;

function store(qkv: tf.TensorInfo, { keys, values }: Cache, positions: tf.TensorInfo, tokens: number, { heads, kvHeads, headDim }: Heads): void {
  const { numbers, text } = partOf(headDim % 4 === 0);
  const width = kvHeads * headDim / numbers;
  const total = 2 * width * (positions.shape[0] as number);
  const kernel = { label: `decode store by ${numbers}`, code: text + storing, entryPoint: 'store' };
  dispatch(kernel, [qkv, positions, keys, values], [total, heads * headDim / numbers, width, tokens, keys.shape[1]], spread(total));
}

function attendNext(qkv: tf.TensorInfo, { keys, values }: Cache, { cos, sin, positions }: Turns, window: number, sizes: Heads): tf.TensorInfo {
  const { heads, kvHeads, headDim } = sizes;
  const [batch] = positions.shape;
  const out = uninitialised([batch, heads * headDim], 'float32');
  const uniforms = [heads, kvHeads, keys.shape[1], Math.min(window, 0xffff_ffff), bits(1 / Math.sqrt(headDim))];
  dispatch(attention(headDim), [qkv, cos, sin, positions, keys, values, out], uniforms, [heads, batch]);
  return out;
}

function attention(headDim: number): Kernel {
  // Halves of a head are read part by part.
  const { numbers, text } = partOf(headDim % 8 === 0);
  const threads = THREADS[adapterKind()].attend;
  const parts = headDim / numbers;
  return {
    label: `decode attend ${headDim} with ${threads}`, code: text + attending, entryPoint: 'attend_next',
    constants: { THREADS: threads, PARTS: parts, GROUPS: Math.max(1, Math.floor(threads / parts)) },
  };
}

/** How many numbers of a head are read at a time. */
interface Part {
  numbers: 1 | 4;
  text: string;
}

function partOf(isWhole: boolean): Part {
  return isWhole ? { numbers: 4, text: partFour } : { numbers: 1, text: partOne };
}

function sample(logits: tf.TensorInfo, { temperature, topK, topP }: Sampling, draws: tf.TensorInfo): tf.TensorInfo {
  const [rows, vocabulary] = logits.shape as [number, number];
  const ids = uninitialised([rows], 'int32');
  const settings = [vocabulary, topK, bits(temperature), bits(topP)];
  const [entryPoint, buffers] = temperature === 0 ? ['likeliest', [logits, ids]] as const : ['draw', [logits, ids, draws]] as const;
  dispatch(sampler(entryPoint, vocabulary), [...buffers], settings, [rows, 1]);
  return ids;
}

function sampler(entryPoint: 'likeliest' | 'draw', vocabulary: number): Kernel {
  const threads = THREADS[adapterKind()].sample;
  const [per, reading] = vocabulary % 4 === 0 ? [4, logitsFour] as const : [1, logitsOne] as const;
  return {
    label: `decode ${entryPoint} by ${per} with ${threads}`, code: logitKeys + reading + sampling, entryPoint,
    constants: { THREADS: threads },
  };
}
