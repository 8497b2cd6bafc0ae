/** How far a copy is: the library's progress folded into one value, with its rate. Arithmetic only. */
import type { KeepProgress } from '../../../workers/protocol';

export interface FileProgress {
  file: string;
  loaded: number;
  total: number;
}

export interface Transfer {
  /** In the order in which they began to move. */
  files: readonly FileProgress[];
  /** Bytes of all files together; `of` is 0 while it is not known. */
  done: number;
  of: number;
  /** Bytes a second over the last seconds, and how long the rest takes at that; null until there is something to tell. */
  rate: number | null;
  secondsLeft: number | null;
  /** What was done when, in milliseconds, over the stretch that the rate is taken of. */
  marks: readonly { at: number; done: number }[];
}

/** Nothing has moved yet. */
export const still: Transfer = { files: [], done: 0, of: 0, rate: null, secondsLeft: null, marks: [] };

/** Long enough that three files at once do not make the rate jump, short enough to follow the network. */
const STRETCH_MS = 8_000;
const BETWEEN_MARKS_MS = 250;
/** A rate taken over less says nothing. */
const SHORTEST_MS = 1_000;

/** The transfer after one more word of the library, heard at `now` (milliseconds on any clock that goes forward). */
export function moved(transfer: Transfer, progress: KeepProgress, now: number): Transfer {
  const { file, loaded, total, done, of } = progress;
  const marks = marked(transfer.marks, now, done);
  const rate = rateOf(marks, now, done);
  return {
    files: withFile(transfer.files, { file, loaded, total }), done, of, marks, rate,
    secondsLeft: rate === null || rate === 0 || of === 0 ? null : Math.max(0, of - done) / rate,
  };
}

/** A file's row, put in its place by name; others keep theirs. */
export function withFile(files: readonly FileProgress[], row: FileProgress): readonly FileProgress[] {
  const known = files.some(({ file }) => file === row.file);
  return known ? files.map((other) => (other.file === row.file ? row : other)) : [...files, row];
}

function marked(marks: Transfer['marks'], at: number, done: number): Transfer['marks'] {
  const recent = marks.filter((mark) => at - mark.at <= STRETCH_MS);
  const last = recent.at(-1);
  return last !== undefined && at - last.at < BETWEEN_MARKS_MS ? recent : [...recent, { at, done }];
}

function rateOf(marks: Transfer['marks'], now: number, done: number): number | null {
  const first = marks[0];
  if (first === undefined || now - first.at < SHORTEST_MS) return null;
  return Math.max(0, done - first.done) / ((now - first.at) / 1000);
}
