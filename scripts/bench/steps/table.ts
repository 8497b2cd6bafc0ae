/** The rows as the terminal shows them. */
import type { Row } from '../../../src/bench/row';

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
