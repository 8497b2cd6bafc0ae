/** What is said of each measurement of a model: a row as the others', and how near it comes to the most that the device does. */
import type { Scheme } from '../../settings';
import { rowOfFigures, type Row } from '../row';
import type { ModelMeasured, Peaks } from './measured';
import type { ModelCase, ModelWork } from './work';

export interface ModelRow extends Omit<Row, 'work'> {
  work: ModelWork;
  /** How the matrices are kept. */
  weights: Scheme;
  /** Of SmolLM2's shape: layers, and tokens of a step's sequence or of the prompt. */
  layers?: number;
  tokens?: number;
  /** Said where a step's layers were computed again for their gradient. */
  recompute?: true;
  /** On WASM, that kernels ran on. */
  threads?: number;
  /** That share of a step's rows is padding, which takes part in its products and is no token. */
  padding?: number;
  /** `gflops / matmulPeakGflops` */
  shareOfMatmul: number;
  /** Of a decoded token: the weights, read once as they are kept, and what is cached. */
  bytesPerToken?: number;
  /** From the median. */
  gigabytesPerSecond?: number;
  /** Bytes read and written a second by a copy in the same run. */
  copyGigabytesPerSecond?: number;
  /** `gigabytesPerSecond / copyGigabytesPerSecond` */
  shareOfCopy?: number;
}

/** Said in place of a row where the measurement failed. */
export interface ModelFailure extends Pick<ModelRow, 'work' | 'backend' | 'runtime' | 'implementation'> {
  reason: string;
}

export function modelRowOf(of: ModelCase, measured: ModelMeasured, peaks: Peaks): ModelRow {
  const { work, backend, runtime, implementation } = of;
  const { weights, threads, tokens, padding, operations, bytes } = measured;
  const figures = rowOfFigures({ backend, runtime, implementation }, measured, { tokens, operations }, peaks.product);
  return {
    work, ...figures, weights, ...threads !== undefined && { threads }, ...padding !== undefined && { padding },
    ...of.work !== 'tune student' && { layers: of.layers, tokens: of.tokens, ...of.recompute && { recompute: true } },
    shareOfMatmul: figures.gflops / figures.matmulPeakGflops, ...bytes !== undefined && memoryOf(bytes, figures.msPerStep, peaks.copy),
  };
}

function memoryOf(bytes: number, ms: number, copy: number): Required<Pick<ModelRow, 'bytesPerToken' | 'gigabytesPerSecond' | 'copyGigabytesPerSecond' | 'shareOfCopy'>> {
  const rate = bytes / (ms / 1000);
  return { bytesPerToken: bytes, gigabytesPerSecond: rate / 1e9, copyGigabytesPerSecond: copy / 1e9, shareOfCopy: rate / copy };
}
