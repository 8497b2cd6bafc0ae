/** The owner of the run as the page meets it. */
import { unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { noCost } from '../../../src/comd/cost';
import type { AssessedSample, RunEvent } from '../../../src/comd/events';
import type { LlavaRecord } from '../../../src/data/llava';
import { ComdError } from '../../../src/errors';
import { reportHtml } from '../../../src/experiments/report-html';
import { openPools } from '../../../src/pools/database';
import type { RunRow } from '../../../src/pools/rows';
import { conductorAt, newHome, reached, runThrough, timeless, toySettings } from '../../support/toy-run';

const settings = toySettings({ iterations: 2 });
const ofType = <T extends RunEvent['type']>(events: RunEvent[], type: T) => events.filter((event): event is Extract<RunEvent, { type: T }> => event.type === type);

describe('the conductor', () => {
  it('is idle while nothing is stored', async () => {
    const { conductor } = conductorAt(newHome());
    expect(await conductor.state()).toEqual({ state: 'idle', run: null });
    expect(await conductor.report()).toBeNull();
  });

  it('tells of a run in the order of the method, with one bar at a time', async () => {
    const { conductor, events, listen } = conductorAt(newHome());
    await listen();
    await conductor.start('tiny', settings);
    await reached(conductor, 'finished');
    const phases = ofType(events, 'progress').map(({ iteration, phase }) => `${iteration} ${phase}`);
    expect(phases.filter((phase, i) => phase !== phases[i - 1])).toEqual(
      ['0 load', '0 align', '0 evaluate', '1 tune', '1 evaluate', '1 assess', '1 augment', '2 tune', '2 evaluate', '2 save'],
    );
    expect(ofType(events, 'loss').map(({ step }) => step)).toEqual(ofType(events, 'loss').map((_, i) => i));
    expect(ofType(events, 'model').map(({ role }) => role).sort()).toEqual(['student', 'teacher']);
    expect(ofType(events, 'iteration').map(({ report }) => report.iteration)).toEqual([1, 2]);
    expect(ofType(events, 'progress').some(({ secondsLeft }) => secondsLeft !== null)).toBe(true);
  });

  it('marks as difficult what its S_k says, and never shows an unparsable assessment', async () => {
    const { conductor, events, listen } = conductorAt(newHome());
    await listen();
    await conductor.start('tiny', toySettings({ iterations: 2, assessRetries: 0 }));
    await reached(conductor, 'finished');
    const [report] = ofType(events, 'iteration').map((event) => event.report);
    const samples = ofType(events, 'assessed').map((event) => event.sample);
    expect(samples.filter((sample: AssessedSample) => sample.difficult)).toHaveLength(report?.difficult ?? -1);
    expect(samples).toHaveLength((report?.difficult ?? 0) + (report?.easy ?? 0));
    expect(report?.unparsable).toBeGreaterThan(0);
  });

  it('holds all work while it is paused and then goes on to the same report', async () => {
    const undisturbed = await runThrough(newHome(), settings);
    const { conductor, events, casts, listen } = conductorAt(newHome());
    await listen();
    await conductor.start('tiny', settings);
    while (ofType(events, 'loss').length < 20) await soon();
    await conductor.pause();
    expect((await conductor.state()).state).toBe('paused');
    while ((await settledCalls(casts)) === null) await soon();
    const before = await settledCalls(casts);
    await soon(30);
    expect(await settledCalls(casts)).toBe(before);
    await conductor.resume();
    await reached(conductor, 'finished');
    expect(timeless((await conductor.report()) as NonNullable<Awaited<ReturnType<typeof conductor.report>>>)).toEqual(timeless(undisturbed));
  });

  it('refuses a second run while one is not finished, and starts it once that is discarded', async () => {
    const home = newHome();
    const { conductor } = conductorAt(home);
    await conductor.start('tiny', settings);
    await expect(conductor.start('tiny', settings)).rejects.toMatchObject({ code: 'run/busy' });
    await conductor.discard();
    expect(await conductor.state()).toEqual({ state: 'idle', run: null });
    expect(home.store.kept.size).toBe(0);
    await conductor.start('tiny', settings);
    expect(await reached(conductor, 'finished')).toBe('finished');
  });

  it('ends a stopped run for good', async () => {
    const { conductor } = conductorAt(newHome());
    await conductor.start('tiny', settings);
    await conductor.stop();
    expect((await conductor.state()).state).toBe('stopped');
    await conductor.resume();
    expect((await conductor.state()).state).toBe('stopped');
    expect(await conductor.report()).toBeNull();
  });

  it('fails with the error of a model, and goes on with fresh ones', async () => {
    let calls = 0;
    const { conductor, events, casts, listen } = conductorAt(newHome(), () => {
      if (++calls === 100) throw new ComdError('device/lost', 'The GPU is gone.', 'Resume.');
    });
    await listen();
    await conductor.start('tiny', settings);
    expect(await reached(conductor, 'failed', 'finished')).toBe('failed');
    expect(ofType(events, 'error').map(({ error }) => error.code)).toEqual(['device/lost']);
    await conductor.resume();
    expect(await reached(conductor, 'finished')).toBe('finished');
    expect(casts).toHaveLength(2);
  });

  it('stops on a loss that is no number, naming iteration, step, rate and setting', async () => {
    const { conductor, events, casts, listen } = conductorAt(newHome());
    await listen();
    await conductor.start('tiny', toySettings({ tuneRate: 0.5 }));
    while (casts.length === 0) await soon();
    const student = casts[0]?.student as NonNullable<(typeof casts)[0]>['student'];
    const step = student.step.bind(student);
    student.step = async (batch, rate) => {
      const result = await step(batch, rate);
      return ofType(events, 'loss').some(({ iteration }) => iteration === 1) ? { ...result, loss: Number.NaN } : result;
    };
    await reached(conductor, 'failed');
    const [event] = ofType(events, 'error');
    expect(event?.error.code).toBe('run/diverged');
    expect(event?.error.message).toMatch(/iteration 1, at step 2 of 40, at learning rate 0\.5/);
    expect(event?.error.remedy).toMatch(/"tuneRate"/);
  });

  it('tells a new listener what it needs to draw the present, also after a reload', async () => {
    const home = newHome();
    const live = conductorAt(home);
    await live.listen();
    await live.conductor.start('tiny', settings);
    await reached(live.conductor, 'finished');
    for (const late of [live.conductor, conductorAt(home).conductor]) {
      const told: RunEvent[] = [];
      await late.listen((event) => { told.push(event); });
      for (const type of ['loss', 'iteration', 'pools', 'baselines'] as const) {
        expect(told.filter((event) => event.type === type)).toEqual(lastOf(live.events, type));
      }
      const bySample = (a: Extract<RunEvent, { type: 'assessed' }>, b: typeof a) => (a.sample.record.id < b.sample.record.id ? -1 : 1);
      expect(ofType(told, 'assessed').sort(bySample)).toEqual(ofType(live.events, 'assessed').sort(bySample));
      expect(ofType(told, 'state')).toEqual([{ type: 'state', state: 'finished' }]);
      expect(ofType(told, 'device')).toHaveLength(2);
    }
  });

  it('reads a run that an earlier version stored without the settings and the counts of today', async () => {
    const home = newHome();
    const report = await runThrough(home, settings);
    const database = await openPools(home.database);
    const [row] = await database.getAll('runs');
    if (!row) throw new Error('No run is stored.');
    const { strategy: _, assessor: _assessor, ...old } = row.settings;
    const iterations = report.iterations.map(({ cost: _cost, unverifiable: _unverifiable, ...rest }) => rest);
    await database.put('runs', { ...row, settings: old, report: { ...report, settings: old, iterations } } as RunRow);
    const { conductor } = conductorAt(home);
    expect((await conductor.state()).run?.settings).toEqual(settings);
    const read = await conductor.report();
    expect(read).toEqual({ ...report, iterations: report.iterations.map((iteration) => ({ ...iteration, cost: noCost, unverifiable: 0 })) });
    expect(reportHtml(read as NonNullable<typeof read>)).not.toMatch(/NaN|undefined/);
  });

  it('leaves report, student and pools with exactly the images they name', async () => {
    const home = newHome();
    const report = await runThrough(home, settings);
    const files = unzipSync(await (await conductorAt(home).conductor.download()).bytes());
    const text = (name: string) => new TextDecoder().decode(files[name]);
    expect(JSON.parse(text('report.json'))).toEqual(report);
    expect(text('report.html')).toBe(`<p>${report.version}</p>`);
    expect(JSON.parse(text('student/model.safetensors'))).toHaveProperty('trace');
    const pools = ['tuning', 'cache'].map((pool) => JSON.parse(text(`pools/${pool}.json`)) as LlavaRecord[]);
    expect(pools.map((pool) => pool.length)).toEqual([83, 83]);
    const named = new Set(pools.flat().map((record) => `pools/images/${record.image}`));
    expect(Object.keys(files).filter((name) => name.startsWith('pools/images/')).sort()).toEqual([...named].sort());
  });
});

const soon = (milliseconds = 1) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

/** How many calls the models have had, once that stands still for a moment; else null. */
async function settledCalls(casts: { student: { calls: string[] }; teacher: { calls: string[] } }[]): Promise<number | null> {
  const count = () => casts.reduce((sum, { student, teacher }) => sum + student.calls.length + teacher.calls.length, 0);
  const before = count();
  await soon(5);
  return count() === before ? before : null;
}

/** The events of a type that no later one replaced. */
function lastOf(events: RunEvent[], type: RunEvent['type']): RunEvent[] {
  const found = events.filter((event) => event.type === type);
  return type === 'baselines' ? found.slice(-1) : found;
}
