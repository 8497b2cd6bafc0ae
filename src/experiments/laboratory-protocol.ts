/** How the page speaks to the owner of the experiments, and what that tells it: a part of `workers/protocol.ts`. Types only. */
import type { RunEvent } from '../comd/events';
import type { ComdError } from '../errors';
import type { PresetName } from '../presets';
import type { ExperimentName } from './catalogue';
import type { Failure, Outcome } from './outcome';

/** The owner of the experiments: one series of runs at a time, beside which no run can be conducted. */
export interface Laboratory {
  /** Calls back with the present at once, and with every change from then on. */
  listen(callback: (event: LaboratoryEvent) => void): Promise<void>;
  /** Makes the runs that an experiment still lacks, and returns once that is under way. Throws `run/busy`, `pools/quota`. */
  start(wish: SeriesWish): Promise<void>;
  /** Goes on with a series that a reload has interrupted; does nothing where there is none. Throws as `start`. */
  resume(): Promise<void>;
  /** Ends the series. Nothing is kept of the run under way: it is made anew next time. */
  stop(): Promise<void>;
  /** The report of a run as a page. Throws `run/unexpected` where none is kept. */
  reportHtml(run: string): Promise<string>;
  /** Deletes the reports of all runs. Throws `run/busy` while a series is under way. */
  clear(): Promise<void>;
}

/** What is asked of a laboratory: an experiment with the seeds 1 to `seeds`. */
export interface SeriesWish {
  experiment: ExperimentName;
  preset: PresetName;
  seeds: number;
}

export interface ExperimentSeries {
  wish: SeriesWish;
  /** `interrupted` is one that a reload has ended, and that nobody has gone on with yet. */
  state: 'running' | 'interrupted' | 'stopped' | 'finished';
}

/** The run under way: the `place`-th, from 1, of those that the series has still to make. */
export interface LaboratoryPresent {
  run: string;
  /** Of the experiment: those that this run is made for. */
  variants: string[];
  seed: number;
  place: number;
  of: number;
}

export interface LaboratoryState {
  /** What was asked for last; null where nothing was. */
  series: ExperimentSeries | null;
  /** Of all runs that are kept, of whichever experiments. */
  outcomes: Outcome[];
  failures: Failure[];
  present: LaboratoryPresent | null;
}

export type LaboratoryEvent =
  | { type: 'state'; state: LaboratoryState }
  /** Of the run under way. */
  | { type: 'progress'; progress: Extract<RunEvent, { type: 'progress' }> }
  | { type: 'error'; error: ComdError };
