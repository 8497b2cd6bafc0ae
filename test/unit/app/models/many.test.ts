import { beforeEach, describe, expect, test } from 'vitest';
import { AskSession } from '../../../../src/app/models/ask-session';
import { answersTo, lossesOf } from '../../../../src/app/models/many';
import { FakeModel } from '../../../support/fake-model';

let model: FakeModel;
let asked: AskSession;
beforeEach(async () => {
  const start = () => (model = new FakeModel());
  const decode = async () => ({ width: 1, height: 1, data: new Uint8ClampedArray(4) });
  asked = new AskSession(start, decode, () => undefined, (callback) => callback());
  const opened = asked.open({ kind: 'url', url: 'http://page.test/model' }, { backend: 'wasm', weights: 'f32' });
  model.loaded();
  await opened;
  await asked.addImages([new File([], 'a.png'), new File([], 'b.png')]);
});

const options = { temperature: 0, maxNewTokens: 8, seed: 1 };

describe('many questions', () => {
  test('are asked together, each about its own picture or none, and the pictures are then forgotten', async () => {
    const answers = await answersTo(asked, [
      { id: 'x', image: 1, prompt: 'What?' }, { id: 'y', image: null, prompt: 'Why?' }, { id: 'z', image: 0, prompt: 'Who?' },
    ], options);
    expect(answers).toEqual(['What? 2 b.png', 'Why?', 'Who? 1 a.png']);
    expect(model.calls.slice(1)).toEqual([
      'see 1 a.png, 2 b.png', `generate benchmark/x, benchmark/y, benchmark/z ${JSON.stringify(options)}`, 'forget 1 a.png, 2 b.png',
    ]);
    expect(asked.state.value).toBe('ready');
    expect(asked.exchanges.value).toEqual([]);
  });

  test('about given answers give one loss each, taken alone', async () => {
    const losses = await lossesOf(asked, [{ id: 'x', image: 0, prompt: 'What?', target: 'cat' }, { id: 'x', image: 0, prompt: 'What?', target: 'a dog' }]);
    expect(losses).toEqual([{ loss: 3, targets: 2 }, { loss: 5, targets: 2 }]);
    expect(model.calls.slice(2)).toEqual(['loss 1 cat', 'loss 1 a dog', 'forget 1 a.png, 2 b.png']);
  });

  test('that fail leave the model ready for others', async () => {
    model.generate = async () => { throw new Error('no'); };
    await expect(answersTo(asked, [{ id: 'x', image: 0, prompt: 'What?' }], options)).rejects.toThrow('no');
    expect(asked.state.value).toBe('ready');
  });
});
