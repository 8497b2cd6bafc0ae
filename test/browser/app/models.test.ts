/** The models screen over a library and models without threads: what it shows and what its controls do. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { userEvent } from 'vitest/browser';
import { lateScreens } from '../../../src/app/late-screens';
import { openModels } from '../../../src/app/models/open';
import type { ModelsEvent } from '../../../src/app/models/events';
import { mount } from '../../../src/app/mount';
import { ComdError } from '../../../src/errors';
import { FakeConductor } from '../../support/fake-conductor';
import { FakeLibrary, keptModel } from '../../support/fake-library';
import { FakeModel } from '../../support/fake-model';
import { button, can, choose, expectNoBarrier, find, freshRoot, leaveAddress, picture, press, put, section, visit, write } from '../../support/screen';

let root: HTMLElement;
let library: FakeLibrary;
let models: FakeModel[];
let loads: number;
beforeEach(() => {
  root = freshRoot();
  library = new FakeLibrary();
  models = [];
  loads = 0;
  delete window.comdModels;
});
afterEach(leaveAddress);

async function open(search = '?screen=models'): Promise<void> {
  visit(search);
  const startModel = () => { models.push(new FakeModel()); return models.at(-1)!; };
  await mount(root, new FakeConductor(), { ...lateScreens, models: async () => { loads++; return openModels(library, startModel); } }).open();
}

async function load(): Promise<FakeModel> {
  await press('Use Tiny');
  await press('Load');
  await expect.poll(() => models.length).toBeGreaterThan(0);
  const model = models.at(-1)!;
  model.loaded();
  await expect.poll(() => root.querySelector('.facts')).not.toBeNull();
  return model;
}

describe('the way between the screens', () => {
  test('leads to the models and back, by link and by the browser\'s button, with the settings in the address', async () => {
    await open('?tau=0.5');
    expect(loads).toBe(0);
    const [run, screen] = [...root.querySelectorAll<HTMLAnchorElement>('.masthead nav a')];
    expect(screen?.search).toBe('?screen=models&tau=0.5');
    screen?.click();
    await expect.poll(() => section('kept').textContent).toContain('No model is kept yet');
    expect([location.search, screen?.getAttribute('aria-current'), run?.getAttribute('aria-current')]).toEqual(['?screen=models&tau=0.5', 'page', null]);
    history.back();
    await expect.poll(() => root.querySelector('.control-bar')).not.toBeNull();
    expect(location.search).toBe('?tau=0.5');
    history.forward();
    await expect.poll(() => root.querySelector('#kept-title')).not.toBeNull();
    expect(loads).toBe(1);
  });

  test('shows the run, and says why, where the address names a screen that does not exist', async () => {
    await open('?screen=modles');
    await expect.poll(() => find('[role=alert]').textContent).toContain('"modles"');
    expect(loads).toBe(0);
  });

  test('says so when the screen cannot be loaded', async () => {
    visit('?screen=models');
    mount(root, new FakeConductor(), { ...lateScreens, models: () => Promise.reject(new Error('no network')) });
    await expect.poll(() => find('[role=alert]').textContent).toContain('no network');
  });
});

describe('the models screen', () => {
  test('has no serious barrier, empty or full', async () => {
    await open();
    await expect.poll(() => root.querySelector('.room')).not.toBeNull();
    await expectNoBarrier();
  });

  test('has no serious barrier while it is at work', async () => {
    library.kept = [keptModel('Tiny')];
    library.broken = [{ id: 'b', name: 'Broken', source: 'https://host.test/broken', bytes: 1, of: 2 }];
    await open();
    const model = await load();
    put(find('.question input[type=file]'), [await picture('cats.png')]);
    await expect.poll(() => root.querySelectorAll('.question img').length).toBe(1);
    write(find('textarea'), 'How many cats?');
    await press('Ask');
    await expect.poll(() => model.calls.at(-1)).toContain('answer');
    model.say('Two', 1);
    button('Verify Tiny').click();
    library.move({ file: 'model.safetensors', loaded: 1, total: 2, done: 1, of: 2 });
    await expect.poll(() => root.querySelector('.transfer progress')).not.toBeNull();
    find<HTMLDetailsElement>('.files').open = true;
    await expectNoBarrier();
  });

  test('lists what is kept with its files and hashes, and verifies it', async () => {
    library.kept = [keptModel('Tiny')];
    await open();
    await press('Verify Tiny');
    library.finish();
    await expect.poll(() => find('.verdict-text').textContent).toContain('All files are as they were kept');
    expect(find('.files').textContent).toContain('f3'.repeat(32));
    expect(find('.files').textContent).toContain('kept:tiny');
    library.failure = new ComdError('checkpoint/corrupt', '"model.safetensors" has another hash.', 'Keep it anew.');
    await press('Verify Tiny');
    library.finish();
    await expect.poll(() => find('.verdict-text').textContent).toBe('"model.safetensors" has another hash. Keep it anew.');
  });

  test('asks before it deletes', async () => {
    library.kept = [keptModel('Tiny')];
    await open();
    const answer = (text: string) => [...find<HTMLDialogElement>('dialog[open]').querySelectorAll('button')].find((one) => one.textContent === text)?.click();
    await expect.poll(() => root.querySelector('.entry')).not.toBeNull();
    await press('Delete Tiny');
    answer('Keep it');
    expect(library.calls).toEqual([]);
    await press('Delete Tiny');
    answer('Delete');
    await expect.poll(() => section('kept').textContent).toContain('No model is kept yet');
    expect(library.calls).toEqual(['remove tiny']);
  });

  test('goes on with a copy of an address that broke off', async () => {
    library.broken = [{ id: 'b', name: 'Broken', source: 'https://host.test/broken', bytes: 1, of: 2 }];
    await open();
    await expect.poll(() => root.querySelector('.unfinished')).not.toBeNull();
    await press('Resume Broken');
    await expect.poll(() => library.calls).toEqual(['keep https://host.test/broken']);
    await press('Cancel keeping broken');
    await expect.poll(() => library.calls.at(-1)).toBe('cancel');
  });
});

describe('bringing a model', () => {
  test('keeps what an address names, with progress, and lists it', async () => {
    await open();
    await expect.poll(() => root.querySelector('#bring')).not.toBeNull();
    write(find('#bring'), 'org/name');
    await press('Keep');
    library.move({ file: 'model.safetensors', loaded: 1e6, total: 4e6, done: 1e6, of: 4e6 });
    await expect.poll(() => section('bring').textContent).toContain('1.0 MB of 4.0 MB');
    library.finish();
    await expect.poll(() => section('kept').querySelector('h3')?.textContent).toBe('name');
    expect(find<HTMLInputElement>('#bring').value).toBe('');
  });

  test('shows what went wrong until it is dismissed', async () => {
    await open();
    await expect.poll(() => root.querySelector('#bring')).not.toBeNull();
    write(find('#bring'), 'nonsense');
    await press('Keep');
    await expect.poll(() => find('[role=alert]').textContent).toContain('"nonsense" is no address of the model.');
    find<HTMLButtonElement>('.banner button').click();
    await expect.poll(() => find('[role=alert]').textContent).toBe('');
    write(find('#bring'), '');
  });

  test('opens picked files as they lie there', async () => {
    await open();
    await expect.poll(() => root.querySelector('#bring')).not.toBeNull();
    put(section('bring').querySelectorAll<HTMLInputElement>('input[type=file]')[1]!, [new File(['{}'], 'config.json'), new File(['w'], 'smol.gguf')]);
    await expect.poll(() => find('.picked').textContent).toContain('smol 2 files');
    await press('Open without keeping');
    await expect.poll(() => document.activeElement?.id).toBe('load');
    await userEvent.keyboard('{Enter}');
    await expect.poll(() => models[0]?.calls[0]).toBe('load files {"weights":"f32","backend":"auto"}');
    await press('Cancel');
    expect(models[0]?.closed).toBe(true);
    await press('Clear (address or folder)');
  });

  test('takes files that are dropped on it', async () => {
    await open();
    await expect.poll(() => root.querySelector('#bring')).not.toBeNull();
    const transfer = new DataTransfer();
    transfer.items.add(new File(['x'], 'dropped.gguf'));
    const drop = (type: string) => section('bring').dispatchEvent(new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true }));
    drop('dragover');
    await expect.poll(() => section('bring').classList.contains('over')).toBe(true);
    drop('drop');
    await expect.poll(() => root.querySelector('.picked')?.textContent).toContain('dropped 1 file');
    await press('Clear (address or folder)');
  });
});

describe('asking', () => {
  beforeEach(async () => {
    library.kept = [keptModel('Tiny')];
    await open();
    await expect.poll(() => root.querySelector('.entry')).not.toBeNull();
  });

  test('loads with the chosen weights and says what was loaded', async () => {
    choose(find('.load select'), 'int4');
    const model = await load();
    expect(model.calls[0]).toBe('load kept {"weights":"int4","backend":"auto"}');
    for (const fact of ['SmolVLM-256M', 'idefics3', '256.48 M', '540.0 MB', 'WASM', 'no hardware adapter']) expect(find('.facts').textContent).toContain(fact);
  });

  test('streams the answer and keeps what was asked, newest first', async () => {
    const model = await load();
    for (const [prompt, text] of [['First?', 'one'], ['Second?', 'two']] as const) {
      write(find('textarea'), prompt);
      await press('Ask');
      await expect.poll(() => model.calls.at(-1)).toContain(prompt);
      model.say('…', 1);
      await expect.poll(() => find('.said').textContent).toBe('…');
      model.answered({ text, tokens: 2 });
      await expect.poll(() => find('.said').textContent).toBe(text);
    }
    expect([...root.querySelectorAll('.exchange .instruction')].map((one) => one.textContent)).toEqual(['Second?', 'First?']);
  });

  test('takes a picture from the clipboard, shows it and lets go of it', async () => {
    const transfer = new DataTransfer();
    transfer.items.add(await picture('image.png'));
    find('textarea').dispatchEvent(new ClipboardEvent('paste', { clipboardData: transfer, bubbles: true, cancelable: true }));
    await expect.poll(() => root.querySelector('.question img')?.getAttribute('alt')).toBe('image.png');
    await press('Remove image.png');
    await expect.poll(() => root.querySelector('.question img')).toBeNull();
  });

  test('names a picture that does not decode', async () => {
    put(find('.question input[type=file]'), [new File(['no picture'], 'notes.png')]);
    await expect.poll(() => find('[role=alert]').textContent).toContain('"notes.png"');
  });

  test('does not ask a model that cannot answer', async () => {
    await press('Use Tiny');
    await press('Load');
    await expect.poll(() => models.length).toBe(1);
    models[0]!.info = { ...models[0]!.info, speaks: false };
    models[0]!.loaded();
    await expect.poll(() => find('.facts').textContent).toContain('no decoder');
    expect(can('Ask')).toBe(false);
  });
});

test('a student is composed of a kept tower and a decoder by its address', async () => {
  library.kept = [keptModel('Tower', { family: 'siglip' })];
  await open();
  await expect.poll(() => root.querySelectorAll('#tower-kept option').length).toBe(2);
  choose(find('#tower-kept'), 'tower');
  write(find('#decoder'), 'org/llm');
  write(find('.composition input'), 'Student');
  await press('Compose');
  await expect.poll(() => library.calls.length).toBe(1);
  expect(JSON.parse(library.calls[0]!.replace('compose ', ''))).toEqual({
    tower: { kind: 'kept', id: 'tower' }, decoder: { kind: 'url', url: 'https://huggingface.co/org/llm' }, connector: 'mlp', name: 'Student', seed: 1,
  });
  library.finish();
  await expect.poll(() => [...section('kept').querySelectorAll('h3')].map((one) => one.textContent)).toEqual(['Student', 'Tower']);
});

test('the terminal drives the screen through its hidden inputs and hears of its progress', async () => {
  const heard: ModelsEvent[] = [];
  window.addEventListener('comd-models', ({ detail }) => heard.push(detail));
  await open();
  await expect.poll(() => window.comdModels).toBeDefined();
  put(find('#terminal-model'), [new File(['{}'], 'config.json')]);
  put(find('#terminal-images'), [await picture('cat.png')]);
  const opened = window.comdModels!.open({ picked: true, name: 'tiny' }, { backend: 'wasm', weights: 'f32' });
  await expect.poll(() => models.length).toBe(1);
  models[0]!.shard('model.safetensors', 1, 2);
  models[0]!.loaded();
  expect(await opened).toMatchObject({ value: { family: 'idefics3' } });
  expect(heard).toEqual([{ type: 'shard', file: 'model.safetensors', loaded: 1, total: 2 }]);
  expect(await window.comdModels!.addImages()).toEqual({ value: 1 });
  await expect.poll(() => root.querySelectorAll('.question img').length).toBe(1);
  find<HTMLAnchorElement>('.masthead nav a').click();
  await expect.poll(() => window.comdModels).toBeUndefined();
});
