/** Our numbers against what Hugging Face's transformers makes of the same checkpoints (`scripts/make-fixtures.py`). */
import type * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { openCheckpoint } from '../../../src/checkpoint/open';
import { preprocess } from '../../../src/data/preprocess';
import { generate } from '../../../src/generate/generate';
import type { ConnectorConfig } from '../../../src/model/config/config';
import { connector } from '../../../src/model/connector';
import { outputHead } from '../../../src/model/decoder';
import { forward } from '../../../src/model/forward';
import { loadModel, speaking, type SpeakingModel } from '../../../src/model/model';
import { VisionFeatures } from '../../../src/model/vision-features';
import { batchOf } from '../../../src/train/batch';
import { meanLoss } from '../../../src/train/trainer';
import { useWasm } from '../../support/backend';
import { expectClose } from '../../support/close';
import { fixture, fixtureJson, serving } from '../../support/folder';
import { type StoredImage, toPixels } from '../../support/images';
import { namedGradients } from '../../support/named-gradients';

interface Listed {
  shape: number[];
  data: number[];
}
interface Expected {
  image: StoredImage;
  instruction: string;
  answer: string;
  inputIds: number[];
  visionHidden: Listed;
  imageTokens: Listed;
  logits: Listed;
  loss: number;
  gradients: Record<string, Listed>;
  greedy: number[];
}

beforeAll(useWasm);

describe.each(['llava-tiny', 'llava-tiny-f16'])('the checkpoint %s', (name) => {
  const expected = fixtureJson<Expected>(`${name}/expected.json`);
  let model: SpeakingModel;
  let features: VisionFeatures;

  beforeAll(async () => {
    model = speaking(await loadModel(await openCheckpoint(`http://test/${name}`, serving(fixture(name))), { scheme: 'f32', onShard: () => undefined }));
    features = new VisionFeatures(model.weights, model.config);
    await features.see([{ name: 'picture', ...preprocess(toPixels(expected.image), model.checkpoint.preprocessor) }]);
  });
  const example = () => batchOf(model, features, [{ images: ['picture'], prompt: expected.instruction, target: expected.answer }]);

  test('gives the reference\'s vision features', async () => {
    expectClose(await features.rows(['picture']).data(), expected.visionHidden.data, 1e-4);
  });

  test('finds the image that looks most like another one', async () => {
    const input = (name: string, change: (value: number) => number) => {
      const { tiles, ...rest } = preprocess(toPixels(expected.image), model.checkpoint.preprocessor);
      return { name, ...rest, tiles: tiles.map((tile) => tile.map(change)) };
    };
    await features.see([input('dimmed', (value) => 0.95 * value), input('inverted', (value) => -value)]);
    expect(features.mostAlike('picture', ['inverted', 'dimmed'])).toBe('dimmed');
    expect(features.mostAlike('picture', ['dimmed', 'inverted', 'picture'])).toBe('picture');
  });

  test('gives the reference\'s image tokens', async () => {
    expectClose(await connector(model.weights, model.config.connector as ConnectorConfig, features.rows(['picture'])).data(), expected.imageTokens.data, 1e-4);
  });

  test('gives the reference\'s logits at every position', async () => {
    const hidden = forward(model, features, [{ images: ['picture'], ids: expected.inputIds }], expected.inputIds.length);
    expectClose(await outputHead(model.weights, model.config.decoder, hidden).data(), expected.logits.data, 2e-4);
  });

  test('gives the reference\'s loss', async () => {
    expectClose(await meanLoss(model, features, example()).data(), [expected.loss], 1e-4);
  });

  test('gives the reference\'s gradients', async () => {
    const names = Object.keys(expected.gradients);
    const gradients = namedGradients(model, () => meanLoss(model, features, example()), names);
    for (const [i, tensor] of names.entries()) {
      expectClose(await (gradients[i] as tf.Tensor).data(), (expected.gradients[tensor] as Listed).data, 2e-4, `gradient of ${tensor}, entry`);
    }
  });

  test('continues greedily as the reference does', async () => {
    const end = expected.greedy.indexOf(model.tokenizer.eos);
    const tokens = end < 0 ? expected.greedy : expected.greedy.slice(0, end + 1);
    const [made] = await generate(model, features, [{ key: 'k', images: ['picture'], prompt: expected.instruction }],
      { temperature: 0, maxNewTokens: expected.greedy.length, seed: 1 });
    expect(made).toEqual({ text: model.tokenizer.decode(tokens).trim(), tokens: tokens.length });
  });
});
