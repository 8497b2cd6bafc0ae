/**
 * What is stored of a run, row by row. Types only; how it is stored is `database.ts`.
 */
import type { RunSummary } from '../../workers/protocol';
import type { Phase, RunState } from '../comd/events';
import type { Report } from '../comd/report';
import type { InstructionRecord } from '../data/types';

export interface RunRow extends RunSummary {
  state: RunState;
  /** Null until the run has finished. */
  report: Report | null;
  /** Begun by a version that drew in another order, so that it cannot go on; its pools can be read. */
  outdated?: boolean;
}

/** A stretch of a run's records that came in one after another in one iteration. */
export interface Segment {
  /** Unique within the run. */
  id: number;
  /** That of its records. */
  iteration: number;
  size: number;
  /** Name of the file that it came from: it then counts from the next iteration on, and not within its own. Null for what the run made. */
  file: string | null;
}

/** How a run's records are counted. A record whose segment is not here does not exist. */
export interface PoolRow {
  run: string;
  /** In the order in which they were begun. */
  segments: Segment[];
  /** The next segment's id. */
  next: number;
  /** The segment that an import is filling, or was filling when it broke off. */
  staging: number | null;
}

/** Its iteration is its segment's. */
export type StoredRecord = Omit<InstructionRecord, 'iteration'>;

/** Some records that lie one after another in a segment. */
export interface BlockRow {
  run: string;
  segment: number;
  /** That of its first record within the segment, from 0. */
  place: number;
  records: StoredRecord[];
}

/** What some such records are found by, in their order: four bytes of each id, and of the name of each image. */
export interface KeysRow {
  run: string;
  segment: number;
  place: number;
  ids: Uint32Array<ArrayBuffer>;
  images: Uint32Array<ArrayBuffer>;
}

/** One record, both answers, and what each assessor call said of them: null where its marks could not be read. */
export interface Assessment {
  iteration: number;
  id: string;
  teacherAnswer: string;
  studentAnswer: string;
  sheets: ({ teacher: number; student: number } | null)[];
  /** Whether each answer is right; null where the truth is not known. */
  right: { teacher: boolean; student: boolean } | null;
}
export interface AssessmentRow extends Assessment {
  run: string;
}

/** Names one item of work within a run. */
export interface WorkKey {
  iteration: number;
  phase: Phase;
  item: string;
}

/** That an item of work is done, with what came of it. */
export interface Mark<T = unknown> {
  result: T;
  /** How many items it counts for, how often a model was asked for them, and the tokens that went through it. */
  items: number;
  calls: number;
  tokens: number;
  /** Time spent on it, and the running time of the whole run when it was done. */
  seconds: number;
  clock: number;
}
export interface MarkRow extends Mark, WorkKey {
  run: string;
}
