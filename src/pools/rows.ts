/**
 * What is stored of a run, row by row. Types only; how it is stored is `database.ts`.
 */
import type { RunSummary } from '../../workers/protocol';
import type { Phase, RunState } from '../comd/events';
import type { Report } from '../comd/report';
import type { InstructionRecord } from '../data/types';

/** `tuning`: what the student is tuned on. `cache`: what teacher and student are compared on. */
export type PoolName = 'tuning' | 'cache';

export interface RunRow extends RunSummary {
  state: RunState;
  /** Null until the run has finished. */
  report: Report | null;
}

export interface RecordRow extends InstructionRecord {
  run: string;
  pools: PoolName[];
}

/** One record, both answers, and what each assessor call said of them: null where its marks could not be read. */
export interface Assessment {
  iteration: number;
  id: string;
  teacherAnswer: string;
  studentAnswer: string;
  sheets: ({ teacher: number; student: number } | null)[];
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
  /** How many items it counts for, and the tokens that went through a model for them. */
  items: number;
  tokens: number;
  /** Time spent on it, and the running time of the whole run when it was done. */
  seconds: number;
  clock: number;
}
export interface MarkRow extends Mark, WorkKey {
  run: string;
}
