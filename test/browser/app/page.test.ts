/** The page over a conductor without workers: what it shows of a run and what its controls do. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { userEvent } from 'vitest/browser';
import { mount } from '../../../src/app/mount';
import type { Session } from '../../../src/app/session';
import { ComdError } from '../../../src/errors';
import { settingsOf } from '../../../src/presets';
import { FakeConductor } from '../../support/fake-conductor';
import { choose, expectNoBarrier, find, freshRoot, leaveAddress, put, visit, write } from '../../support/screen';
import { syntheticReport, syntheticRun, unjudgedReport } from '../../support/synthetic-run';

const run = { id: 'run', preset: 'emoji', settings: settingsOf('emoji'), started: '2026-01-02T03:04:05.000Z' } as const;

let root: HTMLElement;
let conductor: FakeConductor;
beforeEach(() => {
  root = freshRoot();
  conductor = new FakeConductor();
});
afterEach(leaveAddress);

async function open(search = ''): Promise<Session> {
  visit(search);
  const session = mount(root, conductor);
  await session.open();
  return session;
}

async function openFinished(): Promise<void> {
  conductor.held = { state: 'finished', run };
  conductor.past = syntheticRun();
  conductor.kept = syntheticReport();
  await open();
  await expect.poll(() => root.querySelectorAll('.card').length, { timeout: 20_000 }).toBeGreaterThan(0);
  await expect.poll(() => root.querySelector('.run-status')?.textContent, { timeout: 20_000 }).toBe('4 iterations are done.');
}

const action = (name: string) => find<HTMLButtonElement>(`[data-action=${name}]`);
const table = (caption: string) => [...root.querySelectorAll('table')].find((one) => one.caption?.textContent === caption);

describe('the page of a finished run', () => {
  beforeEach(openFinished);

  test('has no serious barrier', async () => {
    await expectNoBarrier();
  });

  test('says the results in numbers, the teacher\'s by kind of question among them', async () => {
    await expect.poll(() => table('Results by iteration')?.textContent).toContain('78.0 %');
    await expect.poll(() => table('Accuracy by kind of question')?.tHead?.textContent).toContain('Teacher');
    expect(table('Loss by stage')?.tBodies[0]?.rows).toHaveLength(5);
  });

  test('shows at most twelve cards, with the pixels of their images', async () => {
    expect(root.querySelectorAll('.card').length).toBeLessThanOrEqual(12);
    await expect.poll(() => find<HTMLCanvasElement>('.card canvas').width).toBe(96);
  });

  test('shows only difficult records when asked to', async () => {
    find<HTMLInputElement>('.card-tools input[type=checkbox]').click();
    await expect.poll(() => root.querySelectorAll('.card:not(.difficult)').length).toBe(0);
    expect(root.querySelectorAll('.card.difficult').length).toBeGreaterThan(0);
  });

  test('shows the histogram of the iteration that is chosen, and the newest one before', async () => {
    expect(find('.section-head').parentElement?.textContent).toContain('of iteration 3');
    choose(find('.section-head select'), '1');
    await expect.poll(() => find('.section-head').parentElement?.textContent).toContain('of iteration 1');
  });

  test('asks before it discards the run for a new one', async () => {
    action('start').click();
    const dialog = find<HTMLDialogElement>('dialog');
    expect(dialog.open).toBe(true);
    [...dialog.querySelectorAll('button')].find((button) => button.textContent === 'Keep it')?.click();
    expect(conductor.calls).toEqual([]);
    action('start').click();
    [...dialog.querySelectorAll('button')].find((button) => button.textContent === 'Discard and start')?.click();
    await expect.poll(() => conductor.calls).toEqual(['discard', 'start emoji']);
  });
});

test('a run without test items shows dashes and says why, instead of an accuracy of 0 %', async () => {
  await open();
  conductor.emit({ type: 'baselines', blind: null, aligned: null, teacher: null });
  for (const report of unjudgedReport().iterations) conductor.emit({ type: 'iteration', report });
  await expect.poll(() => table('Results by iteration')?.tBodies[0]?.rows.length).toBe(5);
  expect(table('Results by iteration')?.textContent).not.toContain('0.0 %');
  expect([...root.querySelectorAll('.plate-note')].map(({ textContent }) => textContent)).toContain('There are no test items, so that no accuracy is measured.');
});

test('the page says whose art both data sets show, and under which licence', async () => {
  await open();
  await expect.poll(() => table('Licences of the art')?.textContent, { timeout: 20_000 }).toContain('@iconify-json/noto');
  expect(table('Licences of the art')?.textContent).toMatch(/tuxpaint-stamps-default.*GPL-2\.0-or-later.*Bill Kendrick/);
});

describe('the settings form', () => {
  const set = (name: string, text: string) => {
    const field = find<HTMLInputElement>(`[name=${name}]`);
    write(field, text);
    return field;
  };

  test('has a field for every setting of the schema', async () => {
    await open();
    expect([...root.querySelectorAll('.settings [name]')].map((field) => field.getAttribute('name')).sort()).toEqual(Object.keys(settingsOf('emoji')).sort());
  });

  test('refuses a value beside its field, says what is allowed, and keeps it out of the address', async () => {
    await open();
    const field = set('iterations', '99');
    await expect.poll(() => field.getAttribute('aria-invalid')).toBe('true');
    expect(find('#iterations-help').textContent).toContain('a whole number from 1 to 12');
    expect(location.search).toBe('');
    action('start').click();
    await expect.poll(() => find('[role=alert]').textContent).toContain('iterations');
    expect(conductor.calls).toEqual([]);
  });

  test('writes what differs from the preset into the address', async () => {
    await open('?preset=tiny');
    set('seed', '5');
    await expect.poll(() => location.search).toBe('?preset=tiny&seed=5');
    set('seed', '1');
    await expect.poll(() => location.search).toBe('?preset=tiny');
  });

  test('opens the group of a setting that the address gets wrong', async () => {
    await open('?tau=2');
    expect(find('#tau').closest('details')?.open).toBe(true);
    await expect.poll(() => find('[role=alert]').textContent).toContain('tau');
  });
});

describe('adding records', () => {
  const said = () => find('.add-records [role=status]').textContent;
  const pick = (content: string) => {
    put(find('.add-records input[type=file]'), [new File([content], 'more.json', { type: 'application/json' })]);
  };

  beforeEach(async () => {
    conductor.held = { state: 'paused', run };
    await open();
    await expect.poll(() => root.querySelector('[data-action=add][aria-disabled=false]')).not.toBeNull();
  });

  test('opens the file picker from the keyboard while the run is paused, and not while it goes on', async () => {
    let opened = 0;
    find('.add-records input[type=file]').addEventListener('click', (event) => { opened++; event.preventDefault(); });
    action('add').focus();
    await userEvent.keyboard('{Enter}');
    expect(opened).toBe(1);
    conductor.emit({ type: 'state', state: 'running' });
    await expect.poll(() => action('add').getAttribute('aria-disabled')).toBe('true');
    await userEvent.keyboard('{Enter}');
    expect(opened).toBe(1);
  });

  test('says how many there were, until the run goes on', async () => {
    pick('[{}, {}, {}]');
    await expect.poll(said).toBe('Added 3 records; they join from the next iteration.');
    expect(conductor.calls).toEqual(['import more.json']);
    conductor.emit({ type: 'state', state: 'running' });
    await expect.poll(said).toBe('');
  });

  test('shows why a file was refused, and takes the same file again', async () => {
    conductor.failure = new ComdError('data/malformed-record', 'Row 1 of "more.json" is not a LLaVA record.', 'Nothing was imported.');
    pick('[{}]');
    await expect.poll(() => find('[role=alert]').textContent).toContain('Row 1 of "more.json" is not a LLaVA record.');
    expect(said()).toBe('');
    await expect.poll(() => find<HTMLInputElement>('.add-records input[type=file]').value).toBe('');
    pick('[{}]');
    await expect.poll(said).toBe('Added 1 record; it joins from the next iteration.');
    expect(find('[role=alert]').textContent).toBe('');
  });
});

describe('the controls', () => {
  test('start, pause, resume and stop a run, and keep the focus on the button that was pressed', async () => {
    await open();
    for (const [name, calls] of [['start', 'start emoji'], ['pause', 'pause'], ['resume', 'resume'], ['stop', 'stop']] as const) {
      await expect.poll(() => root.querySelector(`[data-action=${name}][aria-disabled=false]`)).not.toBeNull();
      action(name).focus();
      action(name).click();
      await expect.poll(() => conductor.calls.at(-1)).toBe(calls);
      expect(root.querySelector('.buttons')?.contains(document.activeElement)).toBe(true);
    }
    expect(conductor.calls).toEqual(['start emoji', 'pause', 'resume', 'stop']);
  });

  test('show what went wrong and what to do until it is dismissed', async () => {
    await open();
    conductor.emit({ type: 'error', error: new ComdError('device/lost', 'The device was lost.', 'Press Resume.') });
    await expect.poll(() => find('[role=alert]').textContent).toContain('The device was lost. Press Resume.');
    find<HTMLButtonElement>('.banner button').click();
    await expect.poll(() => find('[role=alert]').textContent).toBe('');
  });
});
