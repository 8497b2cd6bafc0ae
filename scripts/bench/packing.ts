/**
 * What keeping a model packed costs in bytes and in error, in plain Node on the WASM backend: each scheme against the same
 * model in 32 bits. It prints nothing; `packing-table.ts` does.
 */
import { openAsBlob } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import type { Checkpoint } from '../../src/checkpoint/checkpoint';
import { filesSource } from '../../src/checkpoint/files-source';
import { openGguf } from '../../src/checkpoint/gguf/open';
import { openCheckpoint } from '../../src/checkpoint/open';
import { preprocess } from '../../src/data/preprocess';
import { outputHead } from '../../src/model/decoder';
import { forward } from '../../src/model/forward';
import { loadModel, type Model, speaking } from '../../src/model/model';
import { VisionFeatures } from '../../src/model/vision-features';
import type { Weights } from '../../src/model/weights';
import { isPacked } from '../../src/ops/packed/matrix';
import { unpack } from '../../src/ops/packed/packed';
import { schemes, type Scheme } from '../../src/settings';
import { useWasm } from '../../test/support/backend';
import { type StoredImage, toPixels } from '../../test/support/images';
import { meanTokenLoss } from '../../test/support/token-loss';

export interface Packing {
  scheme: Scheme;
  bytes: number;
  /** Root of the mean squared error of the matrices that are packed, as a share of the root of their mean square. */
  weightError: number;
  /** Largest error of a logit, or of a bare tower's features, as a share of their range. */
  outputError: number;
  /** Mean loss over the text, in nats, where one was given. */
  loss?: number;
}

/** What a model is shown. */
export interface Shown {
  images: StoredImage[];
  /** Token ids, placeholders included; of none, the tower's features are what is compared. */
  ids: number[];
}

/** The checkpoint in a folder, or one GGUF file, in every scheme. `text` are ids whose loss is wanted. */
export async function packingsOf(path: string, shown: Shown, text?: readonly number[]): Promise<Packing[]> {
  await useWasm();
  const open = await opener(path);
  const reference = await modelOf(open, 'f32');
  const expected = await outputOf(reference, shown);
  const packings: Packing[] = [];
  for (const scheme of schemes) {
    const model = scheme === 'f32' ? reference : await modelOf(open, scheme);
    packings.push({
      scheme, bytes: model.weights.bytes(), weightError: await weightError(reference.weights, model.weights),
      outputError: shareOfRange(await outputOf(model, shown), expected), ...(text && { loss: await meanTokenLoss(speaking(model), text) }),
    });
    if (model !== reference) model.weights.dispose();
  }
  reference.weights.dispose();
  return packings;
}

async function opener(path: string): Promise<() => Promise<Checkpoint>> {
  const name = basename(path);
  if (path.endsWith('.gguf')) {
    const blob = await openAsBlob(path);
    return () => openGguf(filesSource(name, new Map([[name, blob]])));
  }
  const files = new Map<string, Blob>();
  for (const file of await readdir(path)) files.set(file, await openAsBlob(join(path, file)));
  return () => openCheckpoint(filesSource(name, files));
}

async function modelOf(open: () => Promise<Checkpoint>, scheme: Scheme): Promise<Model> {
  return loadModel(await open(), { scheme, onShard: () => undefined });
}

async function outputOf(model: Model, { images, ids }: Shown): Promise<Float32Array> {
  const features = new VisionFeatures(model.weights, model.config);
  const names = images.map((_, i) => `picture ${i}`);
  await features.see(images.map((image, i) => ({ name: names[i] as string, ...preprocess(toPixels(image), model.checkpoint.preprocessor) })));
  const output = tf.tidy(() => {
    if (model.config.decoder === null) return features.rows(names);
    const heard = speaking(model);
    return outputHead(heard.weights, heard.config.decoder, forward(heard, features, [{ images: names, ids }], ids.length));
  });
  const data = await output.data<'float32'>();
  output.dispose();
  return data;
}

async function weightError(expected: Weights, packed: Weights): Promise<number> {
  let [squares, errors] = [0, 0];
  for (const name of packed.names()) {
    const weight = packed.weight(name);
    if (!isPacked(weight)) continue;
    const found = await dataOf(unpack(weight));
    const as = await expected.stored(name);
    for (let i = 0; i < found.length; i++) {
      squares += (as[i] as number) ** 2;
      errors += ((found[i] as number) - (as[i] as number)) ** 2;
    }
  }
  return squares === 0 ? 0 : Math.sqrt(errors / squares);
}

async function dataOf(tensor: tf.Tensor): Promise<Float32Array> {
  const data = await tensor.data<'float32'>();
  tensor.dispose();
  return data;
}

function shareOfRange(found: Float32Array, expected: Float32Array): number {
  let [low, high, worst] = [Infinity, -Infinity, 0];
  expected.forEach((value, i) => {
    low = Math.min(low, value);
    high = Math.max(high, value);
    worst = Math.max(worst, Math.abs(value - (found[i] as number)));
  });
  return worst / (high - low);
}

/** What a fixture's file of expectations says was shown. */
export async function shownIn(file: string): Promise<Shown> {
  const { images, inputIds = [], targetIds = [] } = JSON.parse(await readFile(file, 'utf8')) as { images: StoredImage[]; inputIds?: number[]; targetIds?: number[] };
  return { images, ids: [...inputIds, ...targetIds] };
}
