/**
 * What a reader of somebody's data gives, row by row: what the row says, or why it cannot be taken. A reader never
 * throws for a row; it throws for a file that it cannot read at all. Types only.
 */

/** Where a row stands: the file as its user knows it, and the row from 1 (of a picture folder: the picture's place in it). */
export interface RowPlace {
  file: string;
  row: number;
}

/** A row that was refused. */
export interface RowFault extends RowPlace {
  /** The field that is at fault, as `conversations[2].from`; empty where it is the row as a whole. */
  field: string;
  /** Goes on from the field's name, or from "the row": "is missing". */
  reason: string;
}

/** One instruction with its answer. */
export interface Exchange {
  instruction: string;
  answer: string;
}

/** A row that was taken. It has a caption, exchanges, or neither (a picture alone, whose first instructions the teacher writes). */
export interface ImportedRow extends RowPlace {
  /** The row's own id, or one made of file and row. */
  id: string;
  /** Name of its picture as the row gives it; empty for a row of text alone. */
  image: string;
  /** What the picture shows, for stage 1. */
  caption: string | null;
  exchanges: Exchange[];
  /** The picture itself, where the row brings it (Parquet); else it is found by `image` (`pictures.ts` looks at both). */
  picture?: NamedFile;
  /** Fields of the row that nothing reads, for the summary. */
  ignored?: readonly string[];
}

/** What a reader yields. */
export type Imported = { row: ImportedRow; fault?: undefined } | { fault: RowFault; row?: undefined };

/** A file that can be read in slices: of a picker, a drop, or an entry of a zip. `name` is its path in the folder that was given. */
export interface NamedFile {
  name: string;
  size: number;
  /** Bytes `start` to `end`; throws `data/unreadable` naming the file. */
  slice(start: number, end: number): Promise<Uint8Array<ArrayBuffer>>;
  stream(): ReadableStream<Uint8Array<ArrayBuffer>>;
}
