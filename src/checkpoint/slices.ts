/**
 * Which bytes of a file are read, and how tensors are cut: into slices of whole rows, of 4 MiB and more. It plans and
 * reads nothing.
 */
import { elementBytes, type FloatType } from './dtype';

/** A tensor of a file that can be read. `begin` and `end` count bytes from the start of the file. */
export interface PlacedTensor {
  /** Canonical (`names.ts`). */
  name: string;
  dtype: FloatType;
  shape: number[];
  begin: number;
  end: number;
}

/** Bytes that follow each other in a file and are read by one request. */
export interface Stretch {
  begin: number;
  end: number;
}

/** A part of a tensor. */
export interface Cut {
  /** Index of its first number in the tensor. */
  first: number;
  bytes: number;
}

/** The least that a slice takes of a tensor that has more. Short ones load faster: the next is read while one is worked on. */
const sliceBytes = 4 * 2 ** 20;

/** Unwanted bytes that are jumped over by a new request; reading on is cheaper for fewer. */
export const jumpBytes = 8 * 2 ** 20;

/**
 * The slices of a tensor in order: whole rows, 4 to 12 MiB each; a smaller tensor in one piece, and a row that is longer
 * by itself.
 */
export function cutsOf({ dtype, shape, begin, end }: PlacedTensor): Cut[] {
  const total = end - begin;
  const rowBytes = total / Math.max(1, shape[0] ?? 1);
  const step = rowBytes * Math.ceil(sliceBytes / Math.max(1, rowBytes));
  const cuts: Cut[] = [];
  for (let at = 0; at < total;) {
    const left = total - at;
    const bytes = left - step < sliceBytes ? left : step;
    cuts.push({ first: at / elementBytes[dtype], bytes });
    at += bytes;
  }
  // A tensor without numbers is handed out all the same: it is wanted, and it is there.
  return cuts.length === 0 ? [{ first: 0, bytes: 0 }] : cuts;
}

/** The stretches that hold all of the tensors, which are in the order of their bytes. */
export function stretchesOf(tensors: readonly Stretch[], jump = jumpBytes): Stretch[] {
  const stretches: Stretch[] = [];
  for (const { begin, end } of tensors) {
    const last = stretches.at(-1);
    if (last !== undefined && begin - last.end <= jump) last.end = end;
    else stretches.push({ begin, end });
  }
  return stretches;
}
