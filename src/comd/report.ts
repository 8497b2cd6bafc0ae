/**
 * What a run leaves behind in `report.json`. Types only; accuracies are in 0..1, null where there were no items to judge on; times in
 * seconds.
 */
import type { Cost } from './cost';
import type { HealthSign } from './health/sign';
import type { Observed } from './observe';
import type { PresetName } from '../presets';
import type { Settings } from '../settings';

export type ByType = Record<string, { accuracy: number; items: number }>;

export interface IterationReport {
  iteration: number;
  /** Sizes of the pools that this iteration tuned on and assessed from. */
  tuningPool: number;
  cachePool: number;
  assessed: number;
  difficult: number;
  easy: number;
  /** Assessed records that are in neither set: their marks could not be read, or, where difficulty is `verifiable`, their truth is not known. */
  unparsable: number;
  unverifiable: number;
  /** New instructions the augmentor wrote, those that were kept, and the rest by reason. */
  generated: number;
  kept: number;
  dropped: Record<string, number>;
  accuracy: number | null;
  byType: ByType;
  /** Accuracy on the held-out style; null when no such items were asked for. */
  heldOutStyle: number | null;
  /** S_k of every assessed record, in ten bins over 0..1 (values outside are clipped into the end bins). */
  histogram: number[];
  /** Mean training loss of each step. */
  losses: number[];
  seconds: { tune: number; evaluate: number; assess: number; augment: number };
  cost: Cost;
  /** What health goes by beside the above; reports of earlier versions have none. */
  observed?: Observed;
}

export interface Report {
  version: string;
  preset: PresetName;
  seed: number;
  settings: Settings;
  backend: 'webgpu' | 'wasm';
  adapter: string;
  teacher: { name: string; parameters: number; accuracy: number | null; byType: ByType; heldOutStyle: number | null };
  student: { name: string; parameters: number };
  /** Models that play these roles in the teacher's stead. */
  assessor?: { name: string; parameters: number };
  augmentor?: { name: string; parameters: number };
  /** `blind` answers from the question alone; `aligned` is the student after stage 1. */
  baselines: { blind: number | null; aligned: number | null };
  align: { pairs: number; kept: number; losses: number[]; seconds: number };
  iterations: IterationReport[];
  /** What looked wrong on the way, iteration by iteration; reports of earlier versions say nothing of it. */
  health?: HealthSign[];
  seconds: number;
}
