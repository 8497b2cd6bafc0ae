/**
 * Products with few rows on the WebGPU backend, bound by the reading of the weight, which is read once, and with all that a
 * decoded token wants of it in one go. A kernel is put together from texts (see `sizes.wgsl`). Nothing is on the tape.
 */
import type * as tf from '@tensorflow/tfjs';
import half from '../packed/half.wgsl?raw';
import { GROUP, type PackedMatrix, bitsOf, isPacked } from '../packed/matrix';
import wordsEach from '../packed/words-each.wgsl?raw';
import wordsFour from '../packed/words-four.wgsl?raw';
import { asTensor } from '../tensor';
import { type Kernel, adapterKind, bits, dispatch, uninitialised } from '../webgpu-pass';
import alone from './alone.wgsl?raw';
import fourRows from './four.wgsl?raw';
import numbers from './numbers.wgsl?raw';
import oneRow from './one.wgsl?raw';
import packed from './packed.wgsl?raw';
import plain from './plain.wgsl?raw';
import sizes from './sizes.wgsl?raw';
import sums from './sums.wgsl?raw';
import together from './together.wgsl?raw';
import vectors from './vectors.wgsl?raw';

/** Rows up to which these kernels are the better ones. */
export const FEW = 8;

/** Columns of the weight that a workgroup has. */
const COLUMNS = 32;

/** A root-mean-square normalisation. */
export interface Norm {
  /** `[in]` */
  weight: tf.Tensor;
  epsilon: number;
}

/** `x·weight (+ bias) (+ residual)`, or `silu(x·gate) ∘ (x·up)`. */
export interface FewRows {
  /** `[rows, in]` */
  x: tf.Tensor2D;
  /** `[in, out]`, or packed `[out, in]`; twice as many outs with gates: those of gate, then those of up. */
  weight: tf.Tensor | PackedMatrix;
  /** By which x is normalised first. */
  norm?: Norm;
  /** `[out]` */
  bias?: tf.Tensor;
  /** `[rows, out]` */
  residual?: tf.Tensor2D;
  gated?: boolean;
}

/** How the weight is read. */
interface Reading {
  name: string;
  code: string;
  constants: Record<string, number>;
  /** Numbers of k at a time. */
  step: number;
}

/** @returns `[rows, out]`. Sizes of 0 are the caller's business. Throws `device/limit`. */
export function multiplyFewRows(product: FewRows): tf.Tensor2D {
  const { x, weight, norm, bias, residual, gated = false } = product;
  const [m, k] = x.shape;
  const columns = isPacked(weight) ? weight.rows : weight.shape[1] as number;
  const n = gated ? columns / 2 : columns;
  const out = uninitialised([m, n], 'float32');
  const weights = isPacked(weight) ? [weight.words, weight.scales ?? weight.words] : [weight];
  // What is not there is not read, but something must be bound.
  const buffers = [x, norm?.weight ?? x, bias ?? x, residual ?? x, out, ...weights];
  const rows = m === 1 ? 1 : 4;
  // Workgroups with the same part of the weight are neighbours, so that it is in a cache.
  dispatch(kernelOf(product, n, rows), buffers, [m, k, n, bits(norm?.epsilon ?? 0)], [Math.ceil(m / rows), Math.ceil(columns / COLUMNS)]);
  return asTensor(out);
}

function kernelOf({ x, weight, norm, bias, residual, gated }: FewRows, n: number, rows: 1 | 4): Kernel {
  const kind = adapterKind();
  const reading: Reading = isPacked(weight) ? readingOf(weight) : { name: 'plain', code: plain, constants: {}, step: 4 };
  const byFours = x.shape[1] % reading.step === 0 && n % 4 === 0;
  const constants = {
    NORMED: Number(norm !== undefined), BIASED: Number(bias !== undefined), RESIDUAL: Number(residual !== undefined),
    GATED: Number(gated ?? false), ...reading.constants,
  };
  const entryPoint = kind === 'software' ? 'alone' : 'together';
  return {
    label: ['few rows', entryPoint, rows, byFours, reading.name, ...Object.values(constants)].join(' '),
    code: [
      sizes, byFours ? vectors : numbers, reading.code, rows === 1 ? oneRow : fourRows, sums, kind === 'software' ? alone : together,
    ].join('\n'),
    entryPoint,
    constants,
  };
}

function readingOf({ scheme, columns }: PackedMatrix): Reading {
  const BITS = bitsOf[scheme];
  const four = adapterKind() === 'hardware' && columns % GROUP === 0;
  return {
    name: four ? 'words by four' : 'each word', code: [half, packed, four ? wordsFour : wordsEach].join('\n'),
    constants: { BITS }, step: Math.max(4, 32 / BITS),
  };
}
