/**
 * Packing and unpacking on the host, number by number: what each scheme means, the oracle of the kernels, and the way to
 * the errors in the documentation. Too slow for a model.
 */
import { fromHalf, toHalf } from './half';
import { GROUP, type PackedScheme, bitsOf, groupsPerRow, wordsPerRow } from './matrix';

/** The numbers of a packed matrix (`matrix.ts`). */
export interface PackedNumbers {
  words: Int32Array;
  /** Null for `f16`. */
  scales: Int32Array | null;
}

const f = Math.fround;

/**
 * Packs a matrix. With int8 and int4, a group's least and greatest number become its lowest and highest code as nearly as
 * the halves that scale and zero are allow; both are rounded first, and the codes fit them:
 * `q = ⌊(w − zero) / scale + 1/2⌋`, all in 32 bits. A group of equal numbers has scale 0. Numbers beyond ±65504 become that.
 * @param data `[rows, columns]`, finite
 */
export function pack(scheme: PackedScheme, data: Float32Array, rows: number, columns: number): PackedNumbers {
  const words = new Int32Array(rows * wordsPerRow(scheme, columns));
  if (scheme === 'f16') {
    eachNumber(scheme, rows, columns, (at, word, shift) => { words[word] = (words[word] as number) | (toHalf(data[at] as number) << shift); });
    return { words, scales: null };
  }
  const levels = 2 ** bitsOf[scheme] - 1;
  const scales = new Int32Array(rows * groupsPerRow(columns));
  eachGroup(rows, columns, (from, to, group) => { scales[group] = scaleOf(data.subarray(from, to), levels); });
  eachNumber(scheme, rows, columns, (at, word, shift, group) => {
    const code = codeOf(data[at] as number, scales[group] as number, levels);
    words[word] = (words[word] as number) | (code << shift);
  });
  return { words, scales };
}

/** The matrix that packed numbers stand for, `[rows, columns]`. */
export function unpackNumbers(scheme: PackedScheme, { words, scales }: PackedNumbers, rows: number, columns: number): Float32Array {
  const data = new Float32Array(rows * columns);
  eachNumber(scheme, rows, columns, (at, word, shift, group) => {
    const bits = (words[word] as number) >>> shift;
    if (scales === null) {
      data[at] = fromHalf(bits & 0xffff);
      return;
    }
    const { scale, zero } = affineOf(scales[group] as number);
    data[at] = f(f((bits & (2 ** bitsOf[scheme] - 1)) * scale) + zero);
  });
  return data;
}

/** Scale in the low half, zero in the high one. */
function scaleOf(group: Float32Array, levels: number): number {
  const bound = (x: number): number => Math.min(Math.max(x, -65_504), 65_504);
  const low = bound(Math.min(...group));
  const high = bound(Math.max(...group));
  return toHalf(f(f(high - low) * f(1 / levels))) | (toHalf(low) << 16);
}

function affineOf(word: number): { scale: number; zero: number } {
  return { scale: fromHalf(word & 0xffff), zero: fromHalf(word >>> 16) };
}

function codeOf(weight: number, word: number, levels: number): number {
  const { scale, zero } = affineOf(word);
  if (scale === 0) return 0;
  const code = Math.floor(f(f(f(weight - zero) * f(1 / scale)) + 0.5));
  return Math.min(Math.max(code, 0), levels);
}

/** Calls with each number's index, its word, its place in that in bits, and its group. */
function eachNumber(
  scheme: PackedScheme, rows: number, columns: number, visit: (at: number, word: number, shift: number, group: number) => void,
): void {
  const bits = bitsOf[scheme];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const word = row * wordsPerRow(scheme, columns) + Math.floor(column * bits / 32);
      visit(row * columns + column, word, column * bits % 32, row * groupsPerRow(columns) + Math.floor(column / GROUP));
    }
  }
}

/** Calls with the first number of each group, the one after its last, and its place. */
function eachGroup(rows: number, columns: number, visit: (from: number, to: number, group: number) => void): void {
  for (let row = 0; row < rows; row++) {
    for (let first = 0; first < columns; first += GROUP) {
      const end = Math.min(first + GROUP, columns);
      visit(row * columns + first, row * columns + end, row * groupsPerRow(columns) + first / GROUP);
    }
  }
}
