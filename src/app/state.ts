/**
 * What the page knows of a run: the event stream folded into one value. A pure reducer; it draws nothing, calls
 * nobody and holds no settings.
 */
import type { AssessedSample, Role, RunEvent, RunState } from '../comd/events';
import type { IterationReport } from '../comd/report';
import type { ComdError } from '../errors';

export type DeviceNote = Omit<Extract<RunEvent, { type: 'device' }>, 'type' | 'role'>;
export type ModelNote = Omit<Extract<RunEvent, { type: 'model' }>, 'type' | 'role'>;
export type ShardNote = Omit<Extract<RunEvent, { type: 'shard' }>, 'type' | 'role'>;
export type Progress = Omit<Extract<RunEvent, { type: 'progress' }>, 'type'>;
export type LossPoint = Omit<Extract<RunEvent, { type: 'loss' }>, 'type'>;
export type Baselines = Omit<Extract<RunEvent, { type: 'baselines' }>, 'type'>;
export type Health = Omit<Extract<RunEvent, { type: 'health' }>, 'type'>;
export type PoolSizes = Omit<Extract<RunEvent, { type: 'pools' }>, 'type'>;

/** The assessments of one iteration as they come in. */
export interface Assessment {
  iteration: number;
  /** The newest {@link KEPT_SAMPLES}, oldest first. */
  samples: readonly AssessedSample[];
  /** How many fell into each of ten bins of S_k over 0..1. */
  histogram: readonly number[];
  difficult: number;
  easy: number;
}

export interface RunView {
  state: RunState;
  devices: Readonly<Partial<Record<Role, DeviceNote>>>;
  models: Readonly<Partial<Record<Role, ModelNote>>>;
  /** Shards of each checkpoint in the order in which they began to load. */
  shards: Readonly<Partial<Record<Role, readonly ShardNote[]>>>;
  progress: Progress | null;
  /** By step, ascending. */
  losses: readonly LossPoint[];
  baselines: Baselines | null;
  /** By iteration, ascending; so are `assessments` and `reports`. */
  pools: readonly PoolSizes[];
  assessments: readonly Assessment[];
  reports: readonly IterationReport[];
  /** What looked wrong, by iteration, ascending; one without signs was looked at and nothing was found. */
  health: readonly Health[];
  notices: readonly string[];
  /** The last error that nobody has dismissed. */
  error: ComdError | null;
}

/** Samples kept for cards, per iteration; older ones stay only in the counts. */
export const KEPT_SAMPLES = 600;
const KEPT_NOTICES = 50;
const BINS = 10;

/** Nothing has happened yet. */
export const blank: RunView = {
  state: 'idle', devices: {}, models: {}, shards: { student: [], teacher: [] }, progress: null, losses: [],
  baselines: null, pools: [], assessments: [], reports: [], health: [], notices: [], error: null,
};

/** The view after one more event. Events may come twice (a resumed run repeats a few): the later one wins. */
export function reduce(view: RunView, event: RunEvent): RunView {
  switch (event.type) {
    case 'state': return { ...view, state: event.state };
    case 'device': { const { type: _, role, ...note } = event; return { ...view, devices: { ...view.devices, [role]: note } }; }
    case 'model': { const { type: _, role, ...note } = event; return { ...view, models: { ...view.models, [role]: note } }; }
    case 'shard': return { ...view, shards: withShard(view.shards, event) };
    case 'progress': { const { type: _, ...progress } = event; return { ...view, progress }; }
    case 'loss': { const { type: _, ...point } = event; return { ...view, losses: withLoss(view.losses, point) }; }
    case 'baselines': { const { type: _, ...baselines } = event; return { ...view, baselines }; }
    case 'pools': { const { type: _, ...sizes } = event; return { ...view, pools: byIteration(view.pools, sizes) }; }
    case 'assessed': return { ...view, assessments: withSample(view.assessments, event.iteration, event.sample) };
    case 'iteration': return { ...view, reports: byIteration(view.reports, event.report) };
    case 'health': { const { type: _, ...health } = event; return { ...view, health: byIteration(view.health, health) }; }
    case 'notice': return { ...view, notices: [...view.notices, event.text].slice(-KEPT_NOTICES) };
    case 'error': return { ...view, error: event.error };
  }
}

/** The bin of S_k among ten over 0..1; values outside are clipped into the end bins. */
export function binOf(difficulty: number): number {
  return Math.min(BINS - 1, Math.max(0, Math.floor(difficulty * BINS)));
}

/** Puts a row in its place by iteration; one of the same iteration is replaced. */
function byIteration<T extends { iteration: number }>(rows: readonly T[], row: T): readonly T[] {
  const others = rows.filter((other) => other.iteration !== row.iteration);
  return [...others, row].sort((a, b) => a.iteration - b.iteration);
}

function withShard(shards: RunView['shards'], event: Extract<RunEvent, { type: 'shard' }>): RunView['shards'] {
  const { type: _, role, ...note } = event;
  const before = shards[role] ?? [];
  const known = before.some((shard) => shard.file === note.file);
  const list = known ? before.map((shard) => (shard.file === note.file ? note : shard)) : [...before, note];
  return { ...shards, [role]: list };
}

/** A step told again means the run went back to a snapshot: what followed it is void. */
function withLoss(losses: readonly LossPoint[], point: LossPoint): readonly LossPoint[] {
  const last = losses.at(-1);
  const kept = last === undefined || last.step < point.step ? losses : losses.filter((other) => other.step < point.step);
  return [...kept, point];
}

function withSample(assessments: readonly Assessment[], iteration: number, sample: AssessedSample): readonly Assessment[] {
  const old = assessments.find((assessment) => assessment.iteration === iteration)
    ?? { iteration, samples: [], histogram: new Array<number>(BINS).fill(0), difficult: 0, easy: 0 };
  if (old.samples.some((other) => other.record.id === sample.record.id)) return assessments;
  const bin = binOf(sample.difficulty);
  return byIteration(assessments, {
    iteration,
    samples: [...old.samples, sample].slice(-KEPT_SAMPLES),
    histogram: old.histogram.map((count, index) => (index === bin ? count + 1 : count)),
    difficult: old.difficult + (sample.difficult ? 1 : 0),
    easy: old.easy + (sample.difficult ? 0 : 1),
  });
}
