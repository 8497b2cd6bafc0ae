/** What is said of each measurement: one row of a table and of the JSON file. Figures only; who shows them writes them. */
import type { Measured } from './measure';
import type { Counts } from './odometer';
import { operations, tokensOf, type Architecture, type Backend, type Implementation, type Runtime, type Task } from './work';

export interface Row {
  work: `${Task} ${Architecture}`;
  backend: Backend;
  runtime: Runtime;
  implementation: Implementation;
  /** Medians of what the API was called for; null on WASM, where there is none of it. */
  dispatchesPerStep: number | null;
  submitsPerStep: number | null;
  uploadsPerStep: number | null;
  readbacksPerStep: number | null;
  /** Median, fastest and slowest. */
  msPerStep: number;
  msLow: number;
  msHigh: number;
  /** From the median, likewise the next. */
  tokensPerSecond: number;
  gflops: number;
  /** Of the largest product that was tried, by the implementation itself in the same run. */
  matmulPeakGflops: number;
  /** Most bytes of WebGPU buffers during the steps that count; on WASM the size of all memories in the end. */
  peakDeviceBytes: number;
  /** What came out of the first steps, in the file alone: alike where implementations begin with the same weights. */
  warmUp: number[];
}

/** What one measurement is of. */
export interface Case {
  task: Task;
  architecture: Architecture;
  backend: Backend;
  runtime: Runtime;
  implementation: Implementation;
}

/** Said in place of a row where the measurement failed. */
export interface Failure extends Pick<Row, 'work' | 'backend' | 'runtime' | 'implementation'> {
  reason: string;
}

export function rowOf(of: Case, measured: Measured, matmulPeak: number): Row {
  const { task, architecture, backend, runtime, implementation } = of;
  const step = { tokens: tokensOf(task), operations: operations(task, architecture) };
  return { work: workOf(of), ...rowOfFigures({ backend, runtime, implementation }, measured, step, matmulPeak) };
}

/** All of a row but its work. @param step tokens that one goes through, and floating point operations of it */
export function rowOfFigures(
  where: Pick<Row, 'backend' | 'runtime' | 'implementation'>, { warmUp, milliseconds, counts, peakBytes }: Measured,
  step: { tokens: number; operations: number }, matmulPeak: number,
): Omit<Row, 'work'> {
  const median = medianOf(milliseconds);
  const each = (what: keyof Counts): number | null => where.backend === 'wasm' ? null : medianOf(counts.map((count) => count[what]));
  return {
    ...where,
    dispatchesPerStep: each('dispatches'), submitsPerStep: each('submits'), uploadsPerStep: each('uploads'), readbacksPerStep: each('readbacks'),
    msPerStep: median, msLow: Math.min(...milliseconds), msHigh: Math.max(...milliseconds),
    tokensPerSecond: step.tokens / (median / 1000), gflops: step.operations / (median * 1e6),
    matmulPeakGflops: matmulPeak / 1e9, peakDeviceBytes: peakBytes, warmUp,
  };
}

export function workOf({ task, architecture }: Case): Row['work'] {
  return `${task} ${architecture}`;
}

/** Of at least one number; the mean of the two in the middle where they are even. */
export function medianOf(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  if (upper === undefined || lower === undefined) throw new Error('There is no median of no numbers.');
  return (upper + lower) / 2;
}
