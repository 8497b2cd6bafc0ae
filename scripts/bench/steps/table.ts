/** The rows as the terminal shows them. */
import type { ModelRow } from '../../../src/bench/models/row';
import type { Row } from '../../../src/bench/row';

/** A row of any work; what only some have is left out of a table where none has it. */
type AnyRow = Row | ModelRow;
type Column = readonly [heading: string, cell: (row: AnyRow) => string | undefined];

const columns: readonly Column[] = [
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
  ['share', ofModel(({ shareOfMatmul }) => shareOfMatmul.toFixed(2))],
  ['weights', ofModel(({ weights }) => weights)],
  ['layers', ofModel(({ layers }) => layers?.toFixed())],
  ['tokens', ofModel(({ tokens }) => tokens?.toFixed())],
  ['padding', ofModel(({ padding }) => padding?.toFixed(2))],
  ['threads', ofModel(({ threads }) => threads?.toFixed())],
  ['MB/token', ofModel(({ bytesPerToken }) => bytesPerToken === undefined ? undefined : short(bytesPerToken / 1e6))],
  ['GB/s', ofModel(({ gigabytesPerSecond }) => gigabytesPerSecond === undefined ? undefined : short(gigabytesPerSecond))],
  ['of copy', ofModel(({ copyGigabytesPerSecond }) => copyGigabytesPerSecond === undefined ? undefined : short(copyGigabytesPerSecond))],
  ['share', ofModel(({ shareOfCopy }) => shareOfCopy?.toFixed(2))],
];
/** Columns of words stand left, those of numbers right. */
const words = 3;

/** The rows as lines of text under a heading, columns aligned. */
export function tableOf(rows: readonly AnyRow[]): string[] {
  const shown = columns.filter(([, cell]) => rows.some((row) => cell(row) !== undefined));
  const cells = [shown.map(([heading]) => heading), ...rows.map((row) => shown.map(([, cell]) => cell(row) ?? ''))];
  const widths = shown.map((_, i) => Math.max(...cells.map((line) => (line[i] as string).length)));
  return cells.map((line) => line.map((cell, i) => i < words ? cell.padEnd(widths[i] as number) : cell.padStart(widths[i] as number)).join('  '));
}

function ofModel(cell: (row: ModelRow) => string | undefined): Column[1] {
  return (row) => 'shareOfMatmul' in row ? cell(row) : undefined;
}

function count(number: number | null): string {
  return number === null ? '–' : String(number);
}

/** Three digits that mean something. */
function short(number: number): string {
  return number >= 100 ? number.toFixed(0) : number.toPrecision(3);
}
