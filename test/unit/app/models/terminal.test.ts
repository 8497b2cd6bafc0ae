import { beforeEach, describe, expect, test } from 'vitest';
import { AskSession } from '../../../../src/app/models/ask-session';
import { LibrarySession } from '../../../../src/app/models/library-session';
import { type ComdModels, terminalOver } from '../../../../src/app/models/terminal';
import { ComdError } from '../../../../src/errors';
import { FakeLibrary, keptModel } from '../../../support/fake-library';
import { fakeInfo, FakeModel } from '../../../support/fake-model';

const at = (callback: () => void) => callback();
const options = { backend: 'auto', weights: 'f32' } as const;
const inputs: Record<string, File[]> = {
  'terminal-model': [new File([], 'config.json')], 'terminal-adapter': [new File([], 'adapter_config.json')], 'terminal-images': [new File([], 'a.png')],
};

let library: FakeLibrary;
let model: FakeModel;
let saved: string[];
let terminal: ComdModels;
beforeEach(() => {
  library = new FakeLibrary();
  saved = [];
  const decode = async () => ({ width: 1, height: 1, data: new Uint8ClampedArray(4) });
  const start = () => (model = new FakeModel());
  terminal = terminalOver(new LibrarySession(library, () => undefined, at), new AskSession(start, decode, () => undefined, at), {
    files: (id) => inputs[id] ?? [], save: (file) => saved.push(file.name), base: 'http://page.test/',
  });
});

describe('the terminal\'s way in', () => {
  test('opens picked files with a picked adapter, and answers in plain data', async () => {
    const opened = terminal.open({ picked: true, name: 'tiny' }, { ...options, adapter: { picked: true, name: 'lora' } });
    model.loaded();
    expect(await opened).toEqual({ value: fakeInfo });
    expect(model.calls[0]).toContain('load files');
    expect(model.calls[0]).toContain('"name":"lora"');
    expect(await terminal.addImages()).toEqual({ value: 1 });
    expect(await terminal.addImages()).toEqual({ value: 1 });
    expect(await terminal.logits('What?')).toEqual({ value: { inputIds: [1, 2, 3], lastLogits: [0.5, -0.5] } });
  });

  test('hands an error over whole', async () => {
    const opened = terminal.open({ url: 'org/name' }, options);
    model.fail(new ComdError('checkpoint/missing-file', 'There is no config.json.', 'Check the address.'));
    const outcome = await opened;
    expect(outcome).toEqual({ error: { code: 'checkpoint/missing-file', message: 'There is no config.json.', remedy: 'Check the address.' } });
    expect(structuredClone(outcome)).toEqual(JSON.parse(JSON.stringify(outcome)));
    expect(await terminal.ask({ prompt: 'x', maxNewTokens: 1, temperature: 0, seed: 1 })).toMatchObject({ error: { code: 'run/busy' } });
    expect(await terminal.open({ url: 'nonsense' }, options)).toMatchObject({ error: { code: 'settings/invalid' } });
  });

  test('keeps, composes, lists and saves an archive', async () => {
    library.kept = [keptModel('Tower')];
    const kept = terminal.keep({ url: './models/llm' });
    library.finish();
    expect(await kept).toMatchObject({ value: { name: 'llm' } });
    const composed = terminal.compose({ tower: { kept: 'tower' }, decoder: { kept: 'llm' }, connector: 'linear', name: 'Student', seed: 2 });
    library.finish();
    expect(await composed).toMatchObject({ value: { name: 'Student' } });
    expect(library.calls).toContain('keep http://page.test/models/llm');
    expect(await terminal.list()).toMatchObject({ value: [{ name: 'Student' }, { name: 'llm' }, { name: 'Tower' }] });
    expect(await terminal.archive('student')).toEqual({ value: 'student.zip' });
    expect(saved).toEqual(['student.zip']);
  });

  test('ends a copy under way', async () => {
    const kept = terminal.keep({ url: 'org/name' });
    await terminal.close();
    expect(await kept).toMatchObject({ error: { code: 'checkpoint/cancelled' } });
  });
});
