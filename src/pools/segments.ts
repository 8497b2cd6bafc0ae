/**
 * How a run's records are counted. They lie in segments, each filled by one iteration and never reordered; counted through, segment
 * after segment in the order of their iterations, every record has an ordinal from 0. So the pool that an iteration begins with is a
 * range of ordinals, which nothing that is added later moves. Pure: what is stored is `ledger.ts`'.
 */
import type { PoolRow, Segment } from './rows';

/** A range of ordinals. */
export interface Range {
  from: number;
  size: number;
}

/** Where a record lies. */
export interface Place {
  segment: Segment;
  place: number;
}

/** A run without records. */
export const emptyPool = (run: string): PoolRow => ({ run, segments: [], next: 0, staging: null });

/** Segments up to an iteration in the order in which their records are counted; those of one iteration in the order in which they were begun. */
export function inOrder(segments: readonly Segment[], iteration = Infinity): Segment[] {
  return segments.filter((segment) => segment.iteration <= iteration).sort((a, b) => a.iteration - b.iteration);
}

/** How many records there are up to an iteration. */
export function sizeOf(segments: readonly Segment[], iteration = Infinity): number {
  return inOrder(segments, iteration).reduce((sum, { size }) => sum + size, 0);
}

/** The records of the newest iteration that has any, up to `iteration`. */
export function newestOf(segments: readonly Segment[], iteration = Infinity): Range {
  const newest = inOrder(segments, iteration).findLast(({ size }) => size > 0)?.iteration ?? 0;
  const from = sizeOf(segments, newest - 1);
  return { from, size: sizeOf(segments, newest) - from };
}

/** Finds records by their ordinals. @returns undefined for an ordinal that no record has */
export function finder(segments: readonly Segment[]): (ordinal: number) => Place | undefined {
  let begin = 0;
  const begun = inOrder(segments).map((segment) => {
    const from = begin;
    begin += segment.size;
    return { segment, from };
  });
  return (ordinal) => {
    const found = begun.findLast(({ segment, from }) => segment.size > 0 && from <= ordinal);
    if (found === undefined || ordinal < 0 || ordinal >= begin) return undefined;
    return { segment: found.segment, place: ordinal - found.from };
  };
}

/** Makes room for `count` more records of an iteration: in the segment that was filled last where it is of the same kind, else in a new one. */
export function extended(pool: PoolRow, iteration: number, count: number): { pool: PoolRow; at: Place } {
  const last = pool.segments.at(-1);
  if (last !== undefined && last.iteration === iteration && last.file === null) {
    const segment = { ...last, size: last.size + count };
    return { pool: { ...pool, segments: [...pool.segments.slice(0, -1), segment] }, at: { segment, place: last.size } };
  }
  const segment = { id: pool.next, iteration, size: count, file: null };
  return { pool: { ...pool, segments: [...pool.segments, segment], next: pool.next + 1 }, at: { segment, place: 0 } };
}
