/** What is said of each size, how the rows stand under each other, and how cost grows from the smallest size to the largest. */
import { medianOf } from '../../../src/bench/row';
import type { Step } from './sizes';

/** Cost at one size. */
interface Cost {
  /** Median. */
  ms: number;
  /** The fastest: what else the machine does can only slow a work down. */
  msLow: number;
  /** Time of the CPU, all cores together, mean; null where it is too short to be told. */
  cpuMs: number | null;
}

export interface TokensRow extends Cost {
  what: Step | 'decoded token';
  /** Of the whole step; of the cache that one token is decoded behind. */
  tokens: number;
  /** From the median. */
  msPerToken: number;
  /** Floating point operations of it all, counted and not measured: they are the same on a busy machine. */
  gflop: number;
  /** Null on WASM, where there are none. */
  dispatches: number | null;
  /**
   * Most bytes of WebGPU buffers; on WASM the size of all memories in the end, which grow in leaps. Those of a decoded token
   * hold what its prompt took.
   */
  peakBytes: number;
  /** Most bytes of tensors, likewise: to the byte, and the same on every machine. */
  tensorBytes: number;
}

export interface PoolsRow extends Cost {
  what: string;
  /** In the pool. */
  records: number;
  /** How many records the work itself was done for. */
  items: number;
  /** Milliseconds for one of them, from the median. */
  msPerRecord: number;
  /** Requests to IndexedDB for one of them, counted: they are the same on a busy machine. */
  requestsPerRecord: number;
}

/** How the cost of one token or record changes from the smallest size to the largest, of one work. */
export interface Growth {
  what: string;
  from: number;
  to: number;
  /** How many times the smallest size's cost a token or record costs at the largest: by the medians, by the fastest, by the CPU. */
  times: number;
  timesLow: number;
  timesCpu: number | null;
  /** p, where the cost of all is as size^p, fitted over all sizes: 1 is linear. */
  exponent: number;
}

/** By how much a token or record may cost more at the largest size for the whole to be called linear. */
export const linearTimes = 2;

export function costOf(milliseconds: readonly number[], cpuMs: number | null): Cost {
  return { ms: medianOf(milliseconds), msLow: Math.min(...milliseconds), cpuMs };
}

interface Sized extends Cost {
  what: string;
  size: number;
  /** Among how many tokens or records the time is shared. */
  shared: number;
}

export function growthOfTokens(rows: readonly TokensRow[]): Growth[] {
  return growthOf(rows.map((row) => ({ ...row, size: row.tokens, shared: row.what === 'decoded token' ? 1 : row.tokens })));
}

export function growthOfPools(rows: readonly PoolsRow[]): Growth[] {
  return growthOf(rows.map((row) => ({ ...row, size: row.records, shared: row.items })));
}

/** Of each work that was measured at more than one size. Rows of one work stand in the order of their sizes. */
function growthOf(rows: readonly Sized[]): Growth[] {
  return [...new Set(rows.map(({ what }) => what))].flatMap((what) => {
    const own = rows.filter((row) => row.what === what);
    const [first, last] = [own[0] as Sized, own.at(-1) as Sized];
    if (first.size === last.size) return [];
    return [{
      what, from: first.size, to: last.size,
      times: (last.ms / last.shared) / (first.ms / first.shared),
      timesLow: (last.msLow / last.shared) / (first.msLow / first.shared),
      timesCpu: first.cpuMs === null || last.cpuMs === null ? null : (last.cpuMs / last.shared) / (first.cpuMs / first.shared),
      exponent: 1 + slope(own.map(({ size, ms, shared }) => [Math.log(size), Math.log(ms / shared)])),
    }];
  });
}

/** Of the straight line with the least squares through points of at least two different x. */
function slope(points: readonly (readonly [x: number, y: number])[]): number {
  const mean = (at: 0 | 1): number => points.reduce((sum, point) => sum + point[at], 0) / points.length;
  const [middleX, middleY] = [mean(0), mean(1)];
  const covariance = points.reduce((sum, [x, y]) => sum + (x - middleX) * (y - middleY), 0);
  return covariance / points.reduce((sum, [x]) => sum + (x - middleX) ** 2, 0);
}

export function tokensTable(rows: readonly TokensRow[]): string[] {
  const heading = ['what', 'tokens', 'ms', 'fastest', 'CPU ms', 'ms/token', 'GFLOP', 'GFLOP/s', 'dispatches', 'MB', 'MB of tensors'];
  return aligned(heading, rows.map((row) => [
    row.what, String(row.tokens), ...times(row), short(row.msPerToken), short(row.gflop), short(row.gflop / row.ms * 1000),
    known(row.dispatches, String), (row.peakBytes / 1e6).toFixed(1), (row.tensorBytes / 1e6).toFixed(1),
  ]));
}

export function poolsTable(rows: readonly PoolsRow[]): string[] {
  return aligned(['what', 'records', 'for', 'ms', 'fastest', 'CPU ms', 'µs/record', 'requests/record'], rows.map((row) => [
    row.what, String(row.records), String(row.items), ...times(row), short(row.msPerRecord * 1000), short(row.requestsPerRecord),
  ]));
}

export function growthTable(growth: readonly Growth[]): string[] {
  const heading = ['of one token or record', 'from', 'to', 'cost', 'by the fastest', 'by the CPU', 'all as size^', ''];
  return aligned(heading, growth.map((one) => [
    one.what, String(one.from), String(one.to), multiple(one.times), multiple(one.timesLow), known(one.timesCpu, multiple), one.exponent.toFixed(2),
    (one.timesCpu ?? one.timesLow) <= linearTimes ? 'linear' : 'NOT LINEAR',
  ]));
}

function times({ ms, msLow, cpuMs }: Cost): string[] {
  return [short(ms), short(msLow), known(cpuMs, short)];
}

/** Lines of text under a heading: words stand left, numbers right. */
function aligned(heading: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const lines = [heading, ...rows];
  const widths = heading.map((_, i) => Math.max(...lines.map((line) => (line[i] as string).length)));
  return lines.map((line) => line.map((cell, i) => i === 0 ? cell.padEnd(widths[i] as number) : cell.padStart(widths[i] as number)).join('  '));
}

function multiple(times: number): string {
  return `${times.toFixed(2)}×`;
}

function known(number: number | null, written: (number: number) => string): string {
  return number === null ? '–' : written(number);
}

/** Three digits that mean something. */
function short(number: number): string {
  if (number === 0) return '0';
  return number >= 100 ? number.toFixed(0) : number.toPrecision(3);
}
