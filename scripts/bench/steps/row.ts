/** What is said of each measurement: one row of the table and of the JSON file. */
import type { Counts } from '../odometer';
import type { Measured } from './measure';
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

export function rowOf(of: Case, { warmUp, milliseconds, counts, peakBytes }: Measured, matmulPeak: number): Row {
  const { task, architecture, backend, runtime, implementation } = of;
  const median = medianOf(milliseconds);
  const each = (what: keyof Counts): number | null => backend === 'wasm' ? null : medianOf(counts.map((count) => count[what]));
  return {
    work: workOf(of), backend, runtime, implementation,
    dispatchesPerStep: each('dispatches'), submitsPerStep: each('submits'), uploadsPerStep: each('uploads'), readbacksPerStep: each('readbacks'),
    msPerStep: median, msLow: Math.min(...milliseconds), msHigh: Math.max(...milliseconds),
    tokensPerSecond: tokensOf(task) / (median / 1000), gflops: operations(task, architecture) / (median * 1e6),
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

const columns: readonly [heading: string, cell: (row: Row) => string][] = [
  ['work', ({ work }) => work],
  ['backend', ({ backend }) => backend],
  ['implementation', ({ implementation }) => implementation],
  ['dispatches', ({ dispatchesPerStep }) => count(dispatchesPerStep)],
  ['submits', ({ submitsPerStep }) => count(submitsPerStep)],
  ['uploads', ({ uploadsPerStep }) => count(uploadsPerStep)],
  ['readbacks', ({ readbacksPerStep }) => count(readbacksPerStep)],
  ['ms a step', ({ msPerStep, msLow, msHigh }) => `${short(msPerStep)} (${short(msLow)}–${short(msHigh)})`],
  ['tokens/s', ({ tokensPerSecond }) => short(tokensPerSecond)],
  ['GFLOP/s', ({ gflops }) => short(gflops)],
  ['of matmul', ({ matmulPeakGflops }) => short(matmulPeakGflops)],
  ['MB', ({ peakDeviceBytes }) => (peakDeviceBytes / 1e6).toFixed(1)],
];
/** Columns of words stand left, those of numbers right. */
const words = 3;

/** The rows as lines of text under a heading, columns aligned. */
export function tableOf(rows: readonly Row[]): string[] {
  const cells = [columns.map(([heading]) => heading), ...rows.map((row) => columns.map(([, cell]) => cell(row)))];
  const widths = columns.map((_, i) => Math.max(...cells.map((line) => (line[i] as string).length)));
  return cells.map((line) => line.map((cell, i) => i < words ? cell.padEnd(widths[i] as number) : cell.padStart(widths[i] as number)).join('  '));
}

function count(number: number | null): string {
  return number === null ? '–' : String(number);
}

/** Three digits that mean something. */
function short(number: number): string {
  return number >= 100 ? number.toFixed(0) : number.toPrecision(3);
}
