/**
 * A conductor over toy models, with a database of its own, for tests in Node.
 */
import 'fake-indexeddb/auto';
import type { Role, RunEvent, RunState } from '../../src/comd/events';
import { type Models, RunConductor } from '../../src/comd/conduct';
import type { IterationReport, Report } from '../../src/comd/report';
import { firstOf } from '../../src/data/drawn';
import type { DataSet, InstructionRecord } from '../../src/data/types';
import type { ByteStore } from '../../src/comd/student';
import { openPools } from '../../src/pools/database';
import { Ledger } from '../../src/pools/ledger';
import { TestItems } from '../../src/pools/test-items';
import { settingsOf } from '../../src/presets';
import type { Settings } from '../../src/settings';
import { toyModel, type ToyModel } from './toy-model';
import { toyWorld } from './toy-world';

export const toySettings = (overrides: Partial<Settings> = {}): Settings => settingsOf('tiny', {
  iterations: 3, alignPairs: 60, alignBatch: 4, pool: 60, tuneBatch: 3, tuneEpochs: 2, assessSample: 40, testItems: 50, heldOutItems: 10,
  // The method as the paper has it: what the presets add to it, a test asks for by name.
  augmentRounds: 20, freshImages: 0, leastSure: 0, contested: false, ownReference: false, ...overrides,
});

/** Bytes by key in memory, copied on the way in and out as a disk would. */
export function memoryStore(): ByteStore & { readonly kept: ReadonlyMap<string, Uint8Array<ArrayBuffer>> } {
  const kept = new Map<string, Uint8Array<ArrayBuffer>>();
  return {
    kept,
    put: async (key, bytes) => { kept.set(key, bytes.slice()); },
    get: async (key) => kept.get(key)?.slice(),
    remove: async (prefix) => { for (const key of [...kept.keys()]) if (key.startsWith(prefix)) kept.delete(key); },
  };
}

let databases = 0;

/** The models that one life of a conductor opened. */
export type ToyCast = Partial<Record<Role, ToyModel>> & { student: ToyModel; teacher: ToyModel };

/** Where a run lives: what a reload of the page leaves as it is. */
export interface Home {
  database: string;
  store: ReturnType<typeof memoryStore>;
}
export const newHome = (): Home => ({ database: `toy-${databases++}`, store: memoryStore() });

/** A conductor as a freshly loaded page has it; `before` is called before every call to either model; `spoil` may put another in a model's place. */
export function conductorAt(
  home: Home, before: (call: string) => Promise<void> | void = () => undefined, data: DataSet | Promise<DataSet> = toyWorld,
  spoil: (model: ToyModel, role: Role) => ToyModel = (model) => model,
) {
  const events: RunEvent[] = [];
  const casts: ToyCast[] = [];
  const openModels = (): Models => {
    const cast: ToyCast = {
      student: spoil(toyModel('toy student', 0.1, before), 'student'), teacher: spoil(toyModel('toy teacher', 0.95, before), 'teacher'),
    };
    casts.push(cast);
    const open = (role: Role) => (cast[role] ??= toyModel(`toy ${role}`, 0.95, before));
    return { open, close: () => undefined };
  };
  const conductor = new RunConductor({
    openModels,
    openDataSet: async () => data,
    modelUrl: (path) => path,
    promptForm: async (place) => ({ template: undefined, specials: {}, sees: true, image: place.kind === 'url' ? `<${place.url}>` : '<image>' }),
    store: home.store,
    alone: (work) => work(),
    reportHtml: (report) => `<p>${report.version}</p>`,
    database: home.database,
  });
  return { conductor, events, casts, listen: () => conductor.listen((event) => { events.push(event); }) };
}

/** Resolves once the conductor tells one of `states`. */
export function reached(conductor: RunConductor, ...states: RunState[]): Promise<RunState> {
  return new Promise((resolve, reject) => {
    conductor.listen((event) => {
      if (event.type === 'state' && states.includes(event.state)) resolve(event.state);
    }).catch(reject);
  });
}

/** Runs a run from start to end and gives its report. */
export async function runThrough(home: Home, settings: Settings): Promise<Report> {
  return (await watchedRun(home, settings)).report;
}

/** Runs a run from start to end and gives what it left, with the models that played it. */
export async function watchedRun(home: Home, settings: Settings, data: DataSet = toyWorld): Promise<{ report: Report; cast: ToyCast; ledger: Ledger }> {
  const { conductor, casts } = conductorAt(home, undefined, data);
  await conductor.start('tiny', settings);
  const state = await reached(conductor, 'finished', 'failed');
  const report = await conductor.report();
  if (state !== 'finished' || !report) throw new Error(`The run ended as ${state}.`);
  return { report, cast: casts[0] as ToyCast, ledger: await ledgerAt(home, conductor) };
}

/** The ledger of the run that is stored at `home`. */
export async function ledgerAt(home: Home, conductor: RunConductor): Promise<Ledger> {
  const { run } = await conductor.state();
  return Ledger.open(await openPools(home.database), run?.id ?? '', new TestItems([]));
}

/** All records of a run up to an iteration, in the order in which they are counted. */
export function recordsOf(ledger: Ledger, iteration?: number): Promise<InstructionRecord[]> {
  return firstOf(ledger.pool.each(iteration), Infinity);
}

/** A report, of a run or of an iteration, without its times. */
export function timeless(report: Report | IterationReport | undefined): unknown {
  if (!report) throw new Error('There is no report.');
  return JSON.parse(JSON.stringify(report, (key, value: unknown) => (key === 'seconds' ? null : value)));
}
