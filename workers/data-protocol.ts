/**
 * What the page and the thread of own data say to each other; part of the wire protocol (`protocol.ts`). No behaviour.
 */
import type { ImportedRow, RowFault } from '../src/data/import/row';
import type { Encoding } from '../src/data/import/text';

/** A file as a picker, a drop or the terminal gave it, with its path from the folder that was given. */
export interface GivenFile {
  path: string;
  file: File;
}

/** How files are to be taken. */
export interface TakeWishes {
  name: string;
  /** What the user says about the licence of the data; may be empty. */
  licence: string;
  /** A benchmark: all of it is held out, and nothing of it may enter a pool of any run. */
  heldOutOnly: boolean;
  /** Of text without a byte order mark. */
  encoding: Encoding;
}

/** The data sets of the user, in this browser's database. Nothing of them leaves the machine. */
export interface DataLibrary {
  /** Newest first. */
  list(): Promise<OwnSet[]>;
  /** Bytes that this origin uses and may use, and whether the browser has promised not to clear them. */
  room(): Promise<{ used: number; quota: number; persisted: boolean }>;
  /** What the files are and how their first rows read; nothing is stored. Throws `data/unreadable`. */
  preview(files: GivenFile[], encoding: Encoding): Promise<DataPreview>;
  /**
   * Takes what can be taken of the files into a new data set; rows that cannot are told in the summary. Throws `data/unreadable`,
   * `data/cancelled`, `pools/quota`, `run/busy`; nothing is then stored.
   */
  take(files: GivenFile[], wishes: TakeWishes, onProgress: (progress: TakeProgress) => void): Promise<Taken>;
  /** Ends the `take` that is under way. */
  cancel(): Promise<void>;
  remove(id: string): Promise<void>;
  /** A data set as one zip: its rows in a format that is read again, and its pictures. */
  archive(id: string, format: ArchiveFormat): Promise<File>;
}

export const archiveFormats = ['llava', 'jsonl', 'csv'] as const;
/** LLaVA's JSON list, the same a record a line, or CSV. */
export type ArchiveFormat = (typeof archiveFormats)[number];

/** A data set of the user. */
export interface OwnSet {
  id: string;
  name: string;
  /** ISO time. */
  made: string;
  /** What it was made of, in words. */
  format: string;
  licence: string;
  heldOutOnly: boolean;
  counts: OwnCounts;
  /** Of its pictures. */
  bytes: number;
}

export interface OwnCounts {
  /** Instructions with answers that a run may learn from, captions for stage 1, and held-out instructions with answers. */
  records: number;
  pairs: number;
  tests: number;
  /** All pictures; those that may enter a pool; those of them that no row asks about. */
  pictures: number;
  open: number;
  unasked: number;
}

export interface TakeProgress {
  taken: number;
  refused: number;
  pictures: number;
  /** Bytes read, of all that were given. */
  done: number;
  of: number;
}

/** What became of the rows. `set` is null where none could be taken; nothing is then stored. */
export interface Taken {
  set: OwnSet | null;
  summary: TakeSummary;
}
export interface TakeSummary {
  taken: number;
  refused: number;
  /** Distinct ones that were stored. */
  pictures: number;
  /** The first refusals ({@link mostFaults}), in the order of the rows. */
  faults: RowFault[];
  /** Refusals by field, most frequent first; an empty field is the row as a whole. */
  refusedBy: { field: string; rows: number }[];
  /** Fields that nothing reads, most frequent first. */
  ignored: { field: string; rows: number }[];
}

/** So many refusals are kept to be listed; all are counted. */
export const mostFaults = 1000;

export interface DataPreview {
  /** What was recognised, in one line. */
  format: string;
  /** Bytes of all files. */
  bytes: number;
  /** The first rows that can be taken, with their pictures; none where a row is text alone. */
  rows: { row: Omit<ImportedRow, 'picture'>; picture: Blob | null }[];
  /** The first refusals among the rows that were looked at. */
  faults: RowFault[];
  /** How many rows were looked at, and whether these were all. */
  looked: number;
  whole: boolean;
}
