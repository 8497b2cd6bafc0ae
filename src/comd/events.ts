/**
 * Progress as data: the one stream that the page, the terminal and the report read. Types only.
 */
import type { ComdError } from '../errors';
import type { InstructionRecord } from '../data/types';
import type { HealthSign } from './health/sign';
import type { IterationReport } from './report';

/** Where in the cycle a run is. Iteration 0 is everything before stage 2. */
export type Phase = 'load' | 'align' | 'tune' | 'evaluate' | 'assess' | 'augment' | 'save';

/** Who a model is to a run. The teacher answers, and plays the other two where no model was named for them. */
export type Role = 'student' | 'teacher' | 'assessor' | 'augmentor';

export type RunState = 'idle' | 'running' | 'paused' | 'stopped' | 'finished' | 'failed';

/** One assessed record as shown on a card. Marks are means over both positions, 1..10. */
export interface AssessedSample {
  record: InstructionRecord;
  teacherAnswer: string;
  studentAnswer: string;
  teacherMark: number;
  studentMark: number;
  difficulty: number;
  difficult: boolean;
}

export type RunEvent =
  | { type: 'state'; state: RunState }
  | { type: 'device'; role: Role; backend: 'webgpu' | 'wasm'; adapter: string; why: string }
  | { type: 'model'; role: Role; name: string; parameters: number }
  | { type: 'shard'; role: Role; file: string; loaded: number; total: number }
  /** `done` of `of` items; `seconds` spent in this phase so far; `secondsLeft` for the whole run where it can be told. */
  | { type: 'progress'; iteration: number; phase: Phase; done: number; of: number; seconds: number; tokensPerSecond: number; secondsLeft: number | null }
  /** `step` counts over the whole run. */
  | { type: 'loss'; iteration: number; phase: 'align' | 'tune'; step: number; loss: number }
  /** Accuracies; null where one is not measured yet, or never will be for want of test items. */
  | { type: 'baselines'; blind: number | null; aligned: number | null; teacher: number | null }
  | { type: 'pools'; iteration: number; tuning: number; cache: number }
  | { type: 'assessed'; iteration: number; sample: AssessedSample }
  | { type: 'iteration'; report: IterationReport }
  /** What `signs` an iteration gave that something goes wrong, of those that are watched; often none. */
  | { type: 'health'; iteration: number; signs: HealthSign[] }
  | { type: 'notice'; text: string }
  | { type: 'error'; error: ComdError };
