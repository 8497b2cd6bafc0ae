/**
 * A series of runs, one after the other: what is kept already is not made again, and one that fails does not keep the
 * others from being made. Where runs are made and kept is given to it.
 */
import type { Report } from '../comd/report';
import { ComdError } from '../errors';
import { type Failure, type Outcome, outcomeOf } from './outcome';
import { isOf, type PlannedRun } from './plan';

/** What is kept of runs. */
export interface Archive {
  /** What is kept of a run, whichever settings and version it was made with; null where nothing is, or it failed. */
  outcome(run: string): Promise<Outcome | null>;
  keep(run: PlannedRun, report: Report): Promise<void>;
  keepFailure(run: PlannedRun, failure: Failure): Promise<void>;
}

/** Makes one run. Throws what ended it; when `signal` aborts it leaves nothing behind. */
export type Make = (run: PlannedRun, signal: AbortSignal) => Promise<Report>;

/** What a series tells, in its order. */
export type SeriesEvent =
  /** Before the first run: how many are to be made, and how many are there already. */
  | { type: 'planned'; todo: number; made: number }
  /** The run under way: `place` counts from 1 to `of`. */
  | { type: 'begun'; run: PlannedRun; place: number; of: number }
  | { type: 'made'; run: PlannedRun; outcome: Outcome; seconds: number; left: number }
  | { type: 'failed'; run: PlannedRun; failure: Failure; seconds: number; left: number };

export interface Series {
  runs: readonly PlannedRun[];
  version: string;
  archive: Archive;
  make: Make;
  signal: AbortSignal;
  /** Waited for before the series goes on. */
  tell(event: SeriesEvent): void | Promise<void>;
}

/** Makes what is missing. Throws the signal's reason once it aborts, and what the archive throws. */
export async function makeSeries({ runs, version, archive, make, signal, tell }: Series): Promise<void> {
  const todo: PlannedRun[] = [];
  for (const run of runs) {
    const kept = await archive.outcome(run.id);
    if (kept === null || !isOf(run, version, kept)) todo.push(run);
  }
  await tell({ type: 'planned', todo: todo.length, made: runs.length - todo.length });
  for (const [index, run] of todo.entries()) {
    signal.throwIfAborted();
    await tell({ type: 'begun', run, place: index + 1, of: todo.length });
    const begun = performance.now();
    const made = await attempt(run, make, signal);
    const after = { run, seconds: (performance.now() - begun) / 1000, left: todo.length - index - 1 };
    if ('message' in made) {
      await archive.keepFailure(run, made);
      await tell({ type: 'failed', failure: made, ...after });
    } else {
      await archive.keep(run, made);
      await tell({ type: 'made', outcome: outcomeOf(run.id, made), ...after });
    }
  }
}

async function attempt(run: PlannedRun, make: Make, signal: AbortSignal): Promise<Report | Failure> {
  try {
    return await make(run, signal);
  } catch (error) {
    // What ends while everything is being ended is no failure of the run's.
    signal.throwIfAborted();
    return failureOf(run, error);
  }
}

function failureOf({ id, seed }: PlannedRun, error: unknown): Failure {
  const message = error instanceof Error ? error.message : String(error);
  return { run: id, seed, message, remedy: error instanceof ComdError ? error.remedy : 'Run the experiment again: only what is missing is made.' };
}
