import { beforeEach, describe, expect, test } from 'vitest';
import { AskSession } from '../../../../src/app/models/ask-session';
import type { ModelsEvent } from '../../../../src/app/models/events';
import { ComdError } from '../../../../src/errors';
import { fakeInfo, FakeModel } from '../../../support/fake-model';

const place = { kind: 'kept', id: 'tiny' } as const;
const options = { backend: 'wasm', weights: 'int8' } as const;
const question = { prompt: 'What is it?', maxNewTokens: 8, temperature: 0, seed: 3 };
/** A picture of one pixel, which decodes unless its name says otherwise. */
const decode = async (_: Blob, name: string) => {
  if (name === 'broken.png') throw new ComdError('data/undecodable-image', '"broken.png" is no image.', 'Pick another.');
  return { width: 1, height: 1, data: new Uint8ClampedArray([1, 2, 3, 255]) };
};
const picture = (name: string) => new File(['x'], name);

let models: FakeModel[];
let told: ModelsEvent[];
let now: number;
let session: AskSession;
beforeEach(() => {
  models = [];
  told = [];
  now = 0;
  const start = () => { models.push(new FakeModel()); return models.at(-1)!; };
  session = new AskSession(start, decode, (event) => told.push(event), (callback) => callback(), () => now);
});

async function loaded(): Promise<FakeModel> {
  const opened = session.open(place, options);
  models.at(-1)!.loaded();
  await opened;
  return models.at(-1)!;
}
/** Lets promises that are settled be heard. */
const soon = () => new Promise((resolve) => { setTimeout(resolve); });

describe('loading a model', () => {
  test('shows its shards, tells them, and then says what it is', async () => {
    const opened = session.open(place, options);
    expect(session.state.value).toBe('loading');
    models[0]!.shard('a.safetensors', 5, 10);
    expect(session.shards.value).toEqual([{ file: 'a.safetensors', loaded: 5, total: 10 }]);
    expect(told).toEqual([{ type: 'shard', file: 'a.safetensors', loaded: 5, total: 10 }]);
    models[0]!.loaded();
    expect(await opened).toEqual(fakeInfo);
    expect(session.info.value).toEqual(fakeInfo);
    expect(session.state.value).toBe('ready');
  });

  test('can be cancelled, which ends its thread and leaves nothing', async () => {
    const opened = session.open(place, options);
    session.close();
    await expect(opened).rejects.toMatchObject({ code: 'checkpoint/cancelled' });
    expect(models[0]!.closed).toBe(true);
    expect([session.state.value, session.info.value, session.shards.value]).toEqual(['empty', null, []]);
  });

  test('leaves nothing when it fails', async () => {
    const opened = session.open(place, options);
    models[0]!.fail(new ComdError('device/no-adapter', 'No adapter.', 'Use wasm.'));
    await expect(opened).rejects.toMatchObject({ code: 'device/no-adapter' });
    expect(models[0]!.closed).toBe(true);
    expect(session.state.value).toBe('empty');
  });

  test('ends the model before, and an older load that ends late does not touch the newer one', async () => {
    const first = session.open(place, options);
    const second = session.open(place, options);
    await expect(first).rejects.toMatchObject({ code: 'checkpoint/cancelled' });
    models[1]!.loaded();
    await second;
    expect(models.map(({ closed }) => closed)).toEqual([true, false]);
    expect(session.state.value).toBe('ready');
  });
});

describe('asking', () => {
  test('needs a model, and one question at a time', async () => {
    await expect(session.ask(question)).rejects.toMatchObject({ code: 'run/busy', message: 'No model is loaded.' });
    const model = await loaded();
    const asked = session.ask(question);
    await expect(session.ask(question)).rejects.toMatchObject({ message: 'The model is answering.' });
    await soon();
    model.answered({ text: 'a cat', tokens: 3 });
    await asked;
  });

  test('streams the answer with its rate, and keeps it', async () => {
    const model = await loaded();
    const asked = session.ask(question);
    await soon();
    now = 1_000;
    model.say('a', 1);
    expect(session.exchanges.value.at(-1)).toMatchObject({ text: 'a', tokens: 1, seconds: 1, state: 'answering' });
    now = 2_000;
    model.answered({ text: 'a cat', tokens: 3 });
    expect(await asked).toEqual({ text: 'a cat', tokens: 3, seconds: 2 });
    expect(session.exchanges.value).toMatchObject([{ prompt: 'What is it?', text: 'a cat', tokens: 3, seconds: 2, state: 'answered', model: fakeInfo.name }]);
    expect(told.at(-1)).toEqual({ type: 'text', text: 'a', tokens: 1 });
    expect(model.calls.at(-1)).toBe('answer What is it? [] {"maxNewTokens":8,"temperature":0,"seed":3}');
  });

  test('shows each image once to a model, and again to the next', async () => {
    await session.addImages([picture('a.png'), picture('a.png')]);
    for (const expected of ['see 1 a.png, 2 a.png', undefined]) {
      const model = models[0] ?? await loaded();
      const calls = model.calls.length;
      const asked = session.ask(question);
      await soon();
      expect(model.calls.slice(calls).find((call) => call.startsWith('see'))).toBe(expected);
      model.answered({ text: 'x', tokens: 1 });
      await asked;
    }
    const next = await loaded();
    void session.ask(question).catch(() => undefined);
    await soon();
    expect(next.seen.map(({ pixels }) => [...pixels.data])).toEqual([[1, 2, 3, 255], [1, 2, 3, 255]]);
    session.close();
  });

  test('refuses a picture that is none by name, and keeps those before it', async () => {
    await expect(session.addImages([picture('a.png'), picture('broken.png'), picture('c.png')])).rejects.toMatchObject({ code: 'data/undecodable-image' });
    expect(session.images.value.map(({ label }) => label)).toEqual(['a.png']);
    session.removeImage('1 a.png');
    expect(session.images.value).toEqual([]);
  });

  test('keeps what was said before it was stopped, and what failed', async () => {
    const model = await loaded();
    const stopped = session.ask(question);
    await soon();
    model.say('half an', 2);
    session.close();
    await expect(stopped).rejects.toMatchObject({ code: 'checkpoint/cancelled' });
    expect(session.exchanges.value.at(-1)).toMatchObject({ text: 'half an', state: 'stopped' });
    expect(session.state.value).toBe('empty');
    const other = await loaded();
    const failed = session.ask(question);
    await soon();
    other.fail(new ComdError('device/lost', 'Lost.', 'Load it again.'));
    await expect(failed).rejects.toMatchObject({ code: 'device/lost' });
    expect(session.exchanges.value.at(-1)).toMatchObject({ state: 'failed' });
    expect(session.state.value).toBe('ready');
  });

  test('gives the scores of the next token, with the images that are shown', async () => {
    const model = await loaded();
    await session.addImages([picture('a.png')]);
    expect((await session.logits('What')).inputIds).toEqual([1, 2, 3]);
    expect(model.calls.slice(1)).toEqual(['see 1 a.png', 'logits What']);
    expect(session.state.value).toBe('ready');
  });
});
