import { beforeEach, describe, expect, test } from 'vitest';
import type { RunEvent } from '../../../src/comd/events';
import { ComdError } from '../../../src/errors';
import { settingsOf } from '../../../src/presets';
import { write } from '../../../src/app/draft';
import { Session } from '../../../src/app/session';
import { FakeConductor } from '../../support/fake-conductor';
import { syntheticReport } from '../../support/synthetic-run';

const at = (callback: () => void) => callback();
const stored = { id: 'old', preset: 'quick', settings: { ...settingsOf('quick'), tau: 0.5 }, started: '2026-01-01T00:00:00.000Z' } as const;

let conductor: FakeConductor;
let heard: RunEvent[];
beforeEach(() => { conductor = new FakeConductor(); heard = []; });

async function open(search = ''): Promise<Session> {
  const window = new EventTarget();
  window.addEventListener('comd', (event) => heard.push((event as CustomEvent<RunEvent>).detail));
  const session = new Session(conductor, search, window, at);
  await session.open();
  return session;
}

describe('a session', () => {
  test('starts nothing by itself in a fresh profile', async () => {
    const session = await open();
    expect(conductor.calls).toEqual([]);
    expect(session.pending.value).toBeNull();
  });

  test('starts with the drafted settings and then knows the run', async () => {
    const session = await open('?preset=tiny');
    session.draft.value = write(session.draft.value, 'tau', '0.4');
    await session.start();
    expect(conductor.calls).toEqual(['start tiny']);
    expect(session.run.value?.settings).toEqual({ ...settingsOf('tiny'), tau: 0.4 });
    expect(session.view.value.state).toBe('running');
  });

  test('goes on with a run that was under way when the page was left', async () => {
    conductor.held = { state: 'running', run: stored };
    await open();
    expect(conductor.calls).toEqual(['resume']);
  });

  test.each(['paused', 'failed', 'finished', 'stopped'] as const)('only shows a run that is %s', async (state) => {
    conductor.held = { state, run: stored };
    const session = await open();
    expect(conductor.calls).toEqual([]);
    expect(session.view.value.state).toBe(state);
    expect(session.settings.value.tau).toBe(0.5);
  });

  test('drafts the settings of the stored run, unless the address has its own', async () => {
    conductor.held = { state: 'paused', run: stored };
    expect((await open()).draft.value).toEqual({ preset: 'quick', texts: { tau: '0.5' } });
    expect((await open('?seed=9')).draft.value).toEqual({ preset: 'emoji', texts: { seed: '9' } });
  });

  test('starts at once when the address says so, and resumes what is unfinished instead', async () => {
    await open('?preset=tiny&autostart=1');
    expect(conductor.calls).toEqual(['start tiny']);
    conductor = new FakeConductor();
    conductor.held = { state: 'paused', run: stored };
    await open('?preset=quick&autostart=1');
    expect(conductor.calls).toEqual(['resume']);
  });

  test('does not start over a finished run by itself', async () => {
    conductor.held = { state: 'finished', run: stored };
    await open('?autostart=1');
    expect(conductor.calls).toEqual([]);
  });

  test('starts nothing from an address it cannot read, and tells the window why', async () => {
    const session = await open('?tau=2&autostart=1');
    expect(conductor.calls).toEqual([]);
    expect(session.view.value.error?.message).toContain('tau');
    expect(heard.at(-1)).toMatchObject({ type: 'error', error: { code: 'settings/invalid' } });
  });

  test('refuses to start with a setting that is refused', async () => {
    const session = await open();
    session.draft.value = write(session.draft.value, 'iterations', '0');
    await session.start();
    expect(conductor.calls).toEqual([]);
    expect(session.view.value.error?.message).toContain('iterations');
  });

  test('discards a stored run before it starts a fresh one, and shows nothing of the old', async () => {
    conductor.held = { state: 'finished', run: stored };
    conductor.past = [{ type: 'baselines', blind: 0.2, aligned: 0.3, teacher: 0.9 }];
    const session = await open();
    await session.start();
    expect(conductor.calls).toEqual(['discard', 'start quick']);
    expect(session.view.value.baselines).toBeNull();
  });

  test('passes every event on to the window, in order', async () => {
    await open();
    conductor.emit({ type: 'notice', text: 'first' });
    conductor.emit({ type: 'notice', text: 'second' });
    expect(heard).toEqual([{ type: 'notice', text: 'first' }, { type: 'notice', text: 'second' }]);
  });

  test('shows the error of a command that fails, until it is dismissed', async () => {
    const session = await open();
    conductor.failure = new ComdError('device/no-adapter', 'There is no adapter.', 'Choose wasm.');
    await session.start();
    expect(session.view.value.error?.remedy).toBe('Choose wasm.');
    expect(session.pending.value).toBeNull();
    session.dismiss();
    expect(session.view.value.error).toBeNull();
  });

  test('names a failure that nobody foresaw as such', async () => {
    const session = await open();
    conductor.failure = new TypeError('x is undefined');
    await session.start();
    expect(session.view.value.error?.code).toBe('run/unexpected');
    expect(session.view.value.error?.message).toContain('x is undefined');
  });

  test('fetches the report of a run that has finished', async () => {
    const session = await open('?preset=tiny&autostart=1');
    conductor.kept = syntheticReport();
    conductor.emit({ type: 'state', state: 'finished' });
    await expect.poll(() => session.report.value?.teacher.accuracy).toBe(0.86);
  });

  test('adds a file of records, and says how many it had or why it was refused', async () => {
    conductor.held = { state: 'paused', run: stored };
    const session = await open();
    expect(await session.add(new File(['[{}, {}]'], 'more.json'))).toBe(2);
    conductor.failure = new ComdError('data/missing-image', 'Row 1 names no image.', 'Name one.');
    expect(await session.add(new File(['[{}]'], 'more.json'))).toBeNull();
    expect(session.view.value.error?.remedy).toBe('Name one.');
    expect(conductor.calls).toEqual(['import more.json', 'import more.json']);
    expect(await session.add(new File(['[]'], 'mended.json'))).toBe(0);
    expect(session.view.value.error).toBeNull();
  });

  test('gives what the run leaves as a zip', async () => {
    conductor.held = { state: 'finished', run: stored };
    const archive = await (await open()).download();
    expect(archive?.type).toBe('application/zip');
    expect(archive?.size).toBe(2);
  });
});
