/**
 * A conductor over toy models, with a database of its own, for tests in Node.
 */
import 'fake-indexeddb/auto';
import type { RunEvent, RunState } from '../../src/comd/events';
import { type Models, RunConductor } from '../../src/comd/conduct';
import type { Report } from '../../src/comd/report';
import type { ByteStore } from '../../src/comd/student';
import { type Settings, settingsOf } from '../../src/settings';
import { toyModel } from './toy-model';
import { toyWorld } from './toy-world';

export const toySettings = (overrides: Partial<Settings> = {}): Settings => settingsOf('tiny', {
  iterations: 3, alignPairs: 60, alignBatch: 4, pool: 60, tuneBatch: 3, tuneEpochs: 2, assessSample: 40, testItems: 50, heldOutItems: 10,
  augmentRounds: 20, ...overrides,
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

/** Where a run lives: what a reload of the page leaves as it is. */
export interface Home {
  database: string;
  store: ReturnType<typeof memoryStore>;
}
export const newHome = (): Home => ({ database: `toy-${databases++}`, store: memoryStore() });

/** A conductor as a freshly loaded page has it; `before` is called before every call to either model. */
export function conductorAt(home: Home, before: (call: string) => Promise<void> | void = () => undefined) {
  const events: RunEvent[] = [];
  const casts: { student: ReturnType<typeof toyModel>; teacher: ReturnType<typeof toyModel> }[] = [];
  const openModels = (): Models => {
    const cast = { student: toyModel('toy student', 0.1, before), teacher: toyModel('toy teacher', 0.95, before) };
    casts.push(cast);
    return { ...cast, close: () => undefined };
  };
  const conductor = new RunConductor({
    openModels,
    openDataSet: async () => toyWorld,
    modelUrl: (path) => path,
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
  const { conductor } = conductorAt(home);
  await conductor.start('tiny', settings);
  const state = await reached(conductor, 'finished', 'failed');
  const report = await conductor.report();
  if (state !== 'finished' || !report) throw new Error(`The run ended as ${state}.`);
  return report;
}

/** A report without its times. */
export function timeless(report: Report): unknown {
  return JSON.parse(JSON.stringify(report, (key, value: unknown) => (key === 'seconds' ? null : value)));
}
