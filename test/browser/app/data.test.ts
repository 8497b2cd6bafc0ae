/** The data screen over a library without a database: what it shows and what its controls do. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openData } from '../../../src/app/data/open';
import { lateScreens } from '../../../src/app/late-screens';
import { mount } from '../../../src/app/mount';
import type { Session } from '../../../src/app/session';
import { ComdError } from '../../../src/errors';
import { settingsOf } from '../../../src/presets';
import { FakeConductor } from '../../support/fake-conductor';
import { FakeDataLibrary, ownSetNamed } from '../../support/fake-data-library';
import { can, choose, expectNoBarrier, find, freshRoot, leaveAddress, picture, press, put, section, visit, write } from '../../support/screen';

let root: HTMLElement;
let library: FakeDataLibrary;
let conductor: FakeConductor;
let session: Session;
beforeEach(() => {
  root = freshRoot();
  library = new FakeDataLibrary();
  conductor = new FakeConductor();
  delete window.comdData;
});
afterEach(leaveAddress);

async function open(): Promise<void> {
  visit('?screen=data');
  session = mount(root, conductor, { ...lateScreens, data: async (of) => openData(of, library) });
  await session.open();
  await expect.poll(() => root.querySelector('.room')).not.toBeNull();
}

const rowsInput = () => find<HTMLInputElement>('section[aria-labelledby=bring-title] input[multiple]');
async function give(): Promise<void> {
  put(rowsInput(), [new File(['{}'], 'rows.jsonl'), await picture('a.png')]);
  await expect.poll(() => root.querySelector('#preview-title')).not.toBeNull();
}

describe('the data screen', () => {
  test('has no serious barrier, empty, looking, at work or done', async () => {
    await open();
    expect(section('own').textContent).toContain('No data of yours yet');
    await expectNoBarrier();
    await give();
    await expectNoBarrier();
    await press('Take it in');
    library.move({ taken: 5, refused: 1, pictures: 5, done: 50, of: 100 });
    await expect.poll(() => find('#preview-title + p + .chore').textContent).toContain('5 pictures');
    await expectNoBarrier();
    library.finish();
    await expect.poll(() => root.querySelector('#last-title')).not.toBeNull();
    await expectNoBarrier();
  });

  test('shows what was recognised, the first rows with their pictures and the first refusals before anything is stored', async () => {
    await open();
    await give();
    expect(section('preview').textContent).toContain('LLaVA JSONL, 1 picture beside it');
    expect(section('preview').textContent).toContain('What sings? a wren');
    expect(section('preview').textContent).toContain('birds/rows.jsonl, row 4');
    await expect.poll(() => root.querySelector<HTMLImageElement>('.preview-row img')?.naturalWidth).toBe(4);
    expect(library.calls).toEqual(['preview rows.jsonl a.png utf-8']);
    choose(find('.wishes select'), 'windows-1252');
    await expect.poll(() => library.calls.at(-1)).toBe('preview rows.jsonl a.png windows-1252');
  });

  test('takes it in with the user\'s wishes, tells how far it is and what came of it', async () => {
    await open();
    await give();
    const [name] = root.querySelectorAll<HTMLInputElement>('.wishes input[type=text]');
    write(name!, 'My birds');
    find<HTMLInputElement>('.wishes input[type=checkbox]').click();
    await expect.poll(() => find('.wishes').textContent).toContain('nothing of it may enter');
    await press('Take it in');
    expect(library.calls.at(-1)).toBe('take 2 {"name":"My birds","licence":"","heldOutOnly":true,"encoding":"utf-8"}');
    library.move({ taken: 60, refused: 1, pictures: 58, done: 50, of: 100 });
    await expect.poll(() => find('.chore dl').textContent).toContain('60');
    library.finish();
    await expect.poll(() => section('last').textContent).toContain('100 rows taken with 100 pictures, 2 refused.');
    expect(section('last').textContent).toContain('photographer');
    expect(section('last').textContent).toContain('image, 1 row');
    expect(section('own').textContent).toContain('90 instructions, 10 test items, 100 pictures');
    expect(root.querySelector('#preview-title')).toBeNull();
  });

  test('ends taking in when it is cancelled, and keeps what was given for another try', async () => {
    await open();
    await give();
    await press('Take it in');
    await press('Cancel taking it in');
    await expect.poll(() => root.querySelector('.chore')).toBeNull();
    expect(library.calls.at(-1)).toBe('cancel');
    expect(root.querySelector('.banner')).toBeNull();
    expect(root.querySelector('#preview-title')).not.toBeNull();
  });

  test('says so where nothing could be taken, or read', async () => {
    library.outcome = { set: null, summary: { ...library.outcome.summary, taken: 0, refused: 7, pictures: 0 } };
    await open();
    await give();
    await press('Take it in');
    library.finish();
    await expect.poll(() => section('last').textContent).toContain('None of 7 rows could be taken; nothing is stored.');
    library.failure = new ComdError('data/unreadable', '"notes.bin" cannot be read.', 'Give rows.');
    put(rowsInput(), [new File(['x'], 'notes.bin')]);
    await expect.poll(() => find('[role=alert]').textContent).toContain('"notes.bin" cannot be read. Give rows.');
    await press('Clear');
  });

  test('takes files that are dropped on it, with what systems put beside left out', async () => {
    await open();
    const transfer = new DataTransfer();
    transfer.items.add(new File(['x'], 'rows.csv'));
    transfer.items.add(new File(['x'], '.DS_Store'));
    section('bring').dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }));
    await expect.poll(() => library.calls).toEqual(['preview rows.csv utf-8']);
  });
});

describe('a data set', () => {
  beforeEach(() => { library.sets = [ownSetNamed('Birds'), ownSetNamed('Bench', { heldOutOnly: true, counts: { records: 0, pairs: 0, tests: 9, pictures: 9, open: 0, unasked: 0 } })]; });

  test('is named in the settings of the next run, a held-out one beside it', async () => {
    await open();
    expect(can('Examine on it Bench')).toBe(false);
    await press('Use in a run Birds');
    expect(session.checked.value.settings.data).toBe('own:birds');
    await press('Examine on it Bench');
    expect(session.checked.value.settings.data).toBe('own:birds,own:bench');
    await expect.poll(() => section('own').textContent).toContain('The next run is examined on it too.');
    expect(new URLSearchParams(location.search).get('data')).toBe('own:birds,own:bench');
    await press('Use no longer Bench');
    expect(session.checked.value.settings.data).toBe('own:birds');
    await press('Use no longer Birds');
    expect(session.checked.value.settings.data).toBe('');
  });

  test('is deleted after a confirmation that says when the stored run needs it', async () => {
    conductor.held = { state: 'paused', run: { id: 'r', preset: 'tiny', settings: settingsOf('tiny', { data: 'own:birds' }), started: '2026-01-02T03:04:05.000Z' } };
    await open();
    await press('Delete Birds');
    const dialog = find<HTMLDialogElement>('dialog[open]');
    expect(dialog.textContent).toContain('The stored run learns from it');
    [...dialog.querySelectorAll('button')].find((one) => one.textContent === 'Delete')?.click();
    await expect.poll(() => library.calls).toEqual(['remove birds']);
    await expect.poll(() => section('own').querySelectorAll('.entry').length).toBe(1);
    expect(session.checked.value.settings.data).toBe('');
  });

  test('is given back in the chosen format', async () => {
    await open();
    const format = find<HTMLSelectElement>('.entry select');
    format.value = 'csv';
    await press('Download Birds as zip');
    await expect.poll(() => library.calls).toEqual(['archive birds csv']);
  });
});

test('the terminal takes in what lies in its hidden inputs and hears how far it is', async () => {
  const heard: unknown[] = [];
  const hear = ({ detail }: CustomEvent) => heard.push(detail);
  window.addEventListener('comd-data', hear);
  await open();
  await expect.poll(() => window.comdData).toBeDefined();
  put(find('#terminal-data-files'), [new File(['{}'], 'rows.jsonl')]);
  const taken = window.comdData!.take('files');
  await expect.poll(() => library.calls.at(-1)).toContain('take 1');
  library.move({ taken: 1, refused: 0, pictures: 0, done: 1, of: 2 });
  await expect.poll(() => heard.length).toBe(1);
  library.finish();
  expect(await taken).toMatchObject({ set: { id: 'birds' }, summary: { refused: 2 } });
  expect(await window.comdData!.take('folder')).toMatchObject({ error: { code: 'settings/invalid' } });
  window.removeEventListener('comd-data', hear);
});
