/**
 * Where parameters lie in flat buffers, and how the work on those is cut up. It knows no device. Parts are aligned to blocks,
 * so that each block belongs to one parameter.
 */

/** Numbers; 256 bytes, to which bindings are aligned. */
export const BLOCK = 64;

/** Numbers that a shader loads at once. */
export const CELL = 4;

/** Of a flat buffer; counts numbers. */
export interface Place {
  offset: number;
  size: number;
}

/** Neighbouring parameters that one dispatch gathers. */
export interface Batch {
  /** Of the first, and one beyond the last, among the places. */
  first: number;
  end: number;
  /** Where they begin in the flat buffer, in cells, and how many those are. */
  cell: number;
  cells: number;
}

/** Places one after another, each at the start of a block. */
export function placesOf(sizes: readonly number[]): Place[] {
  let offset = 0;
  return sizes.map((size) => {
    const place = { offset, size };
    offset += aligned(size);
    return place;
  });
}

/** How many numbers these places take, with what lies unused at their ends. */
export function lengthOf(places: readonly Place[]): number {
  return places.reduce((sum, { size }) => sum + aligned(size), 0);
}

/** At most so many places to a batch. */
export function batchesOf(places: readonly Place[], most: number): Batch[] {
  return Array.from({ length: Math.ceil(places.length / most) }, (_, i) => {
    const batch = places.slice(i * most, (i + 1) * most);
    return { first: i * most, end: i * most + batch.length, cell: (batch[0] as Place).offset / CELL, cells: lengthOf(batch) / CELL };
  });
}

/** Runs of neighbours that take no more than so many numbers together, as `[first, end]`; one that takes more is alone. */
export function runsWithin(sizes: readonly number[], most: number): [first: number, end: number][] {
  const runs: [number, number][] = [];
  let sum = 0;
  for (const [i, size] of sizes.entries()) {
    const last = runs.at(-1);
    sum += size + BLOCK;
    if (last && sum <= most) {
      last[1] = i + 1;
    } else {
      runs.push([i, i + 1]);
      sum = size + BLOCK;
    }
  }
  return runs;
}

function aligned(size: number): number {
  return Math.ceil(size / BLOCK) * BLOCK;
}
