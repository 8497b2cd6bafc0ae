/**
 * How a shader that goes over rows of a matrix is spread over threads: one thread to a row on a software adapter, where
 * barriers are dear, and a workgroup to a row on a real one; four numbers at a time where rows allow it. It knows no operation.
 */
import { type AdapterKind, GROUP_SIZE, type Kernel, adapterKind, spread } from '../webgpu-pass';
import alone from './alone.wgsl?raw';
import four from './four.wgsl?raw';
import one from './one.wgsl?raw';
import together from './together.wgsl?raw';

/** Rows, and columns of cells, that a workgroup has: as `alone.wgsl` and `together.wgsl` have them. */
const perGroup: Record<AdapterKind, { rows: number; columns: number }> = {
  software: { rows: GROUP_SIZE, columns: GROUP_SIZE },
  hardware: { rows: 1, columns: 4 },
};

/** Numbers in a cell, which is what a thread loads at once. */
export function cellOf(width: number): 1 | 4 {
  return width % 4 === 0 ? 4 : 1;
}

/**
 * A kernel whose text takes numbers by the cell, and needs no other thread.
 * @param width of a row
 */
export function byCell(code: string, entryPoint: string, width: number, constants: Record<string, number> = {}): Kernel {
  return { label: labelOf(entryPoint, cellOf(width), constants), code: cells(width) + code, entryPoint, constants };
}

/**
 * A kernel whose text takes rows, columns and lanes from `alone.wgsl` or `together.wgsl`.
 * @param kind of adapter that it suits; by default the one there is
 */
export function byRow(
  code: string, entryPoint: string, width: number, constants: Record<string, number> = {}, kind: AdapterKind = adapterKind(),
): Kernel {
  const team = kind === 'software' ? alone : together;
  return { label: `${labelOf(entryPoint, cellOf(width), constants)} ${kind}`, code: cells(width) + team + code, entryPoint, constants };
}

/** Workgroups for so many rows. */
export function rowGroups(rows: number, kind: AdapterKind = adapterKind()): number {
  return Math.ceil(rows / perGroup[kind].rows);
}

/** Workgroups for the columns of rows of so many numbers. */
export function columnGroups(width: number): number {
  return Math.ceil(width / cellOf(width) / perGroup[adapterKind()].columns);
}

/** Workgroups along x as far as they fit, then in rows of them. */
export function spreadGroups(groups: number): [number, number] {
  return spread(groups * GROUP_SIZE);
}

function cells(width: number): string {
  return cellOf(width) === 4 ? four : one;
}

function labelOf(entryPoint: string, cell: number, constants: Record<string, number>): string {
  return [entryPoint, cell, ...Object.entries(constants).flat()].join(' ');
}
