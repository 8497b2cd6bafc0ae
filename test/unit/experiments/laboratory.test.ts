/** Experiments over toy models, as the page meets them. */
import { beforeEach, describe, expect, it } from 'vitest';
import { ComdError } from '../../../src/errors';
import { ExperimentLaboratory } from '../../../src/experiments/laboratory';
import type { LaboratoryEvent, LaboratoryState } from '../../../src/experiments/laboratory-protocol';
import { plan } from '../../../src/experiments/plan';
import { resultsOf } from '../../../src/experiments/results';
import { conductorAt, type Home, newHome } from '../../support/toy-run';

const wish = { experiment: 'stage1', preset: 'tiny', seeds: 2 } as const;
const free = (work: () => Promise<void>): Promise<void> => work();

let home: Home;
beforeEach(() => { home = newHome(); });

/** A laboratory as a freshly loaded page has it; `before` is called before every call to a model. */
async function laboratoryAt(before: (call: string) => Promise<void> | void = () => undefined, alone = free, version = '0.1.0') {
  const events: LaboratoryEvent[] = [];
  const { conductor, casts } = conductorAt(home, before);
  const laboratory = new ExperimentLaboratory({ conductor, alone, version, reportHtml: ({ seed }) => `<p>seed ${seed}</p>`, database: `${home.database}-reports` });
  const changes = new Set<() => void>();
  await laboratory.listen((event) => {
    events.push(event);
    for (const look of changes) look();
  });
  const state = (): LaboratoryState => events.flatMap((event) => (event.type === 'state' ? [event.state] : [])).at(-1) as LaboratoryState;
  /** Resolves once the state is as it is waited for. */
  const until = (fits: (state: LaboratoryState) => boolean): Promise<void> => new Promise((resolve) => {
    const look = (): void => {
      if (!fits(state())) return;
      changes.delete(look);
      resolve();
    };
    changes.add(look);
    look();
  });
  return { laboratory, conductor, casts, events, state, until };
}

describe('the laboratory', () => {
  it('makes the runs of an experiment one after the other, without stage 1 where that is asked, and tells of each', async () => {
    const { laboratory, events, state, until, casts } = await laboratoryAt();
    expect(state()).toEqual({ series: null, outcomes: [], failures: [], present: null });
    await laboratory.start(wish);
    expect(state().series).toEqual({ wish, state: 'running' });
    await until(({ series }) => series?.state === 'finished');
    expect(state().outcomes).toHaveLength(4);
    expect(state().failures).toEqual([]);
    expect(casts).toHaveLength(4);
    const places = events.flatMap((event) => (event.type === 'state' && event.state.present ? [event.state.present] : []));
    expect([...new Set(places.map(({ variants, seed, place, of }) => `${place}/${of} ${variants.join()} ${seed}`))]).toEqual(['1/4 with 1', '2/4 without 1', '3/4 with 2', '4/4 without 2']);
    expect(events.some(({ type }) => type === 'progress')).toBe(true);
    const known = new Map(state().outcomes.map((outcome) => [outcome.run, outcome]));
    const { points } = resultsOf('stage1', { ...wish, overrides: {} }, { outcomes: known, failures: new Map() });
    expect(points.map(({ measured }) => measured.length)).toEqual([2, 2]);
  });

  it('keeps a report of every run and nothing else of it', async () => {
    const { laboratory, conductor, state, until } = await laboratoryAt();
    await laboratory.start({ ...wish, seeds: 1 });
    await until(({ series }) => series?.state === 'finished');
    const [first] = state().outcomes;
    expect(await laboratory.reportHtml(first?.run ?? '')).toBe('<p>seed 1</p>');
    await expect(laboratory.reportHtml('nothing')).rejects.toThrow('No report is kept');
    expect((await conductor.state()).state).toBe('idle');
    expect([...home.store.kept.keys()]).toEqual([]);
  });

  it('makes only what is missing when more is asked for', async () => {
    const { laboratory, casts, until } = await laboratoryAt();
    await laboratory.start({ ...wish, seeds: 1 });
    await until(({ series }) => series?.state === 'finished');
    await laboratory.start({ experiment: 'strategies', preset: 'tiny', seeds: 1 });
    await until(({ series, outcomes }) => series?.state === 'finished' && outcomes.length === 5);
    expect(casts).toHaveLength(5);
  });

  it('finishes nothing half when it is stopped, and makes that run anew next time', async () => {
    const { laboratory, conductor, state, until } = await laboratoryAt();
    await laboratory.start(wish);
    await until(({ present, outcomes }) => present?.place === 2 && outcomes.length === 1);
    await laboratory.stop();
    expect(state()).toMatchObject({ series: { state: 'stopped' }, present: null });
    expect(state().outcomes).toHaveLength(1);
    expect((await conductor.state()).run).toBeNull();
    await laboratory.start(wish);
    await until(({ series }) => series?.state === 'finished');
    expect(new Set(state().outcomes.map(({ run }) => run))).toEqual(new Set(plan(['stage1'], { ...wish, overrides: {} }).map(({ id }) => id)));
  });

  it('goes on after a reload, which has cut a run in two, and gives the same outcomes', async () => {
    const undisturbed = await laboratoryAt();
    await undisturbed.laboratory.start(wish);
    await undisturbed.until(({ series }) => series?.state === 'finished');
    home = newHome();
    let calls = Number.POSITIVE_INFINITY;
    let gone: () => void = () => undefined;
    const cut = new Promise<void>((resolve) => { gone = resolve; });
    const before = await laboratoryAt(() => {
      if (--calls > 0) return undefined;
      gone();
      // The thread is no more: its models never answer again.
      return new Promise(() => undefined);
    });
    await before.laboratory.start(wish);
    await before.until(({ outcomes }) => outcomes.length > 0);
    calls = 40;
    await cut;
    const after = await laboratoryAt();
    expect(after.state().series?.state).toBe('interrupted');
    await after.laboratory.resume();
    await after.until(({ series }) => series?.state === 'finished');
    const accuracies = ({ outcomes }: LaboratoryState) => outcomes.map(({ run, iterations }) => [run, ...iterations.map(({ accuracy }) => accuracy)]);
    expect(accuracies(after.state())).toEqual(accuracies(undisturbed.state()));
  });

  it('resumes nothing that was stopped or never begun', async () => {
    const { laboratory, state } = await laboratoryAt();
    await laboratory.resume();
    expect(state().series).toBeNull();
  });

  it('keeps why a run failed, goes on with the others and tries it again next time', async () => {
    let broken = true;
    const { laboratory, state, until, events } = await laboratoryAt((call) => {
      if (call === 'load' && broken) throw new ComdError('checkpoint/missing-file', 'The checkpoint is not there.', 'Bring it.');
    });
    await laboratory.start({ ...wish, seeds: 1 });
    await until(({ series }) => series?.state === 'finished');
    expect(state().failures.map(({ message, remedy }) => [message, remedy])).toEqual([['The checkpoint is not there.', 'Bring it.'], ['The checkpoint is not there.', 'Bring it.']]);
    expect(events.some(({ type }) => type === 'error')).toBe(false);
    broken = false;
    await laboratory.start({ ...wish, seeds: 1 });
    await until(({ outcomes, failures }) => outcomes.length === 2 && failures.length === 0);
  });

  it('begins nothing beside a run, a second series or a deletion', async () => {
    const busy = new ComdError('run/busy', 'A run is under way.', 'Stop it.');
    const refused = await laboratoryAt(() => undefined, () => Promise.reject(busy));
    await expect(refused.laboratory.start(wish)).rejects.toBe(busy);
    expect(refused.state().series).toBeNull();
    const { laboratory } = await laboratoryAt();
    await laboratory.start(wish);
    await expect(laboratory.start(wish)).rejects.toMatchObject({ code: 'run/busy' });
    await expect(laboratory.clear()).rejects.toMatchObject({ code: 'run/busy' });
    await laboratory.stop();
  });

  it('shows nothing that another version has made, and deletes everything when it is told to', async () => {
    const { laboratory, state, until } = await laboratoryAt();
    await laboratory.start({ ...wish, seeds: 1 });
    await until(({ series }) => series?.state === 'finished');
    expect((await laboratoryAt(() => undefined, free, '9.9.9')).state().outcomes).toEqual([]);
    await laboratory.clear();
    expect(state()).toEqual({ series: null, outcomes: [], failures: [], present: null });
  });
});
