/** Bare vision towers, and those inside whole CLIP and SigLIP models, against transformers. */
import { beforeAll, describe, expect, test } from 'vitest';
import { openCheckpoint } from '../../../src/checkpoint/open';
import { preprocess } from '../../../src/data/preprocess';
import type { TowerConfig } from '../../../src/model/config/tower';
import { loadModel, type Model, speaking } from '../../../src/model/model';
import { VisionFeatures } from '../../../src/model/vision-features';
import { useWasm } from '../../support/backend';
import { expectClose } from '../../support/close';
import { fixture, fixtureJson, serving } from '../../support/folder';
import { type StoredImage, toPixels } from '../../support/images';
import { numbersOf, type Packed } from '../../support/reference';

beforeAll(useWasm);

interface Expected {
  images: StoredImage[];
  hiddenStates: Packed[];
  normed: Packed;
}

describe.each(['clip-vision', 'siglip-vision', 'clip', 'siglip'])('the tower of %s', (name) => {
  const expected = fixtureJson<Expected>(`${name}/expected.json`);
  let model: Model;
  beforeAll(async () => {
    model = await loadModel(await openCheckpoint(`http://test/${name}`, serving(fixture(name))), { scheme: 'f32', onShard: () => undefined });
  });

  /** What is read of all images, with the tower read as `how` says. */
  async function seen(how: Partial<TowerConfig>): Promise<ArrayLike<number>> {
    const features = new VisionFeatures(model.weights, { ...model.config, tower: { ...model.config.tower as TowerConfig, ...how } });
    const names = expected.images.map((_, i) => String(i));
    await features.see(expected.images.map((image, i) => ({ name: String(i), ...preprocess(toPixels(image), model.checkpoint.preprocessor) })));
    return features.rows(names).data();
  }

  test('gives every hidden state that a LLaVA model could read', async () => {
    for (const [i, state] of expected.hiddenStates.entries()) expectClose(await seen({ reads: [i], postNorm: false }), numbersOf(state), 2e-5, `hidden state ${i}, entry`);
  });

  test('gives the last hidden state after the tower\'s own norm, as Idefics3 reads it', async () => {
    expectClose(await seen({}), numbersOf(expected.normed), 2e-5);
  });

  test('cannot be asked anything', () => {
    expect(() => speaking(model)).toThrow(expect.objectContaining({ code: 'checkpoint/unsupported', message: expect.stringContaining('tower') }));
  });
});
