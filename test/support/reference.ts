/**
 * What transformers makes of the checkpoints in `test/fixtures` (`scripts/make-fixtures.py` tells the format), and how ours
 * is held against it; the same in Node and in a browser.
 */
import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import type { Checkpoint } from '../../src/checkpoint/checkpoint';
import { preprocess } from '../../src/data/preprocess';
import { generate } from '../../src/generate/generate';
import { connector } from '../../src/model/connector';
import { outputHead } from '../../src/model/decoder';
import { forward } from '../../src/model/forward';
import { loadModel, speaking, type SpeakingModel } from '../../src/model/model';
import { chatTurn } from '../../src/model/prompt';
import { VisionFeatures } from '../../src/model/vision-features';
import type { Scheme } from '../../src/settings';
import { batchOf } from '../../src/train/batch';
import { meanLoss } from '../../src/train/trainer';
import { type StoredImage, toPixels } from './images';
import { namedGradients } from './named-gradients';

export interface Packed {
  shape: number[];
  /** Base64. */
  f32: string;
}
export interface Expected {
  images: StoredImage[];
  instruction: string;
  answer: string;
  promptText: string;
  inputIds: number[];
  targetIds: number[];
  pixelValues?: Packed;
  rows?: number[];
  cols?: number[];
  imageTokens?: Packed;
  logits: Packed;
  loss: number;
  gradients: Record<string, Packed>;
  greedy: number[];
  /** Of an adapter: the folder that it belongs to. */
  base?: string;
}

/** Our model of a fixture, with the images of one prompt seen. */
export interface Ours {
  model: SpeakingModel;
  features: VisionFeatures;
  images: string[];
  expected: Expected;
}

export function numbersOf({ f32 }: Packed): Float32Array {
  return new Float32Array(Uint8Array.from(atob(f32), (char) => char.charCodeAt(0)).buffer);
}

/** `prepare` is called before any image is shown, to lay an adapter over the model. */
export async function oursOf(checkpoint: Checkpoint, expected: Expected, scheme: Scheme = 'f32', prepare: (model: SpeakingModel) => void | Promise<void> = () => undefined): Promise<Ours> {
  const model = speaking(await loadModel(checkpoint, { scheme, onShard: () => undefined }));
  await prepare(model);
  const features = new VisionFeatures(model.weights, model.config);
  const images = expected.images.map((_, i) => `picture ${i}`);
  await features.see(expected.images.map((image, i) => ({ name: `picture ${i}`, ...preprocess(toPixels(image), checkpoint.preprocessor) })));
  return { model, features, images, expected };
}

/** Token ids, image placeholders and special tokens included. */
export function expectSameIds({ model, features, images, expected }: Ours): void {
  const { text, ids } = chatTurn(model, features, expected.instruction, images);
  expect(text).toBe(expected.promptText);
  expect(ids).toEqual(expected.inputIds);
}

/** Largest error of the logits at any position of prompt and answer, as a share of the logits' range. */
export async function logitError({ model, features, images, expected }: Ours): Promise<number> {
  const ids = [...expected.inputIds, ...expected.targetIds];
  const logits = tf.tidy(() => outputHead(model.weights, model.config.decoder, forward(model, features, [{ images, ids }], ids.length)));
  const error = await shareOfRange(logits, numbersOf(expected.logits));
  logits.dispose();
  return error;
}

/** Likewise of what the connector makes of all images; 0 where there are none. */
export async function imageTokenError({ model, features, images, expected }: Ours): Promise<number> {
  if (expected.imageTokens === undefined || model.config.connector === null) return 0;
  const config = model.config.connector;
  const tokens = tf.tidy(() => connector(model.weights, config, features.rows(images)));
  const error = await shareOfRange(tokens, numbersOf(expected.imageTokens));
  tokens.dispose();
  return error;
}

export async function lossError({ model, features, images, expected }: Ours): Promise<number> {
  const batch = batchOf(model, features, [{ images, prompt: expected.instruction, target: expected.answer }]);
  const loss = meanLoss(model, features, batch);
  const [value] = await loss.data();
  loss.dispose();
  return Math.abs((value as number) - expected.loss);
}

/** Largest error of any gradient, as a share of that gradient's range. @param named from a file's name to ours */
export async function gradientError({ model, features, images, expected }: Ours, named = (stored: string) => canonicalOf(model, stored)): Promise<number> {
  const batch = batchOf(model, features, [{ images, prompt: expected.instruction, target: expected.answer }]);
  const stored = Object.keys(expected.gradients);
  const names = stored.map(named);
  const gradients = namedGradients(model, () => meanLoss(model, features, batch), names);
  let worst = 0;
  for (const [i, gradient] of gradients.entries()) {
    worst = Math.max(worst, await shareOfRange(gradient, numbersOf(expected.gradients[stored[i] as string] as Packed)));
  }
  tf.dispose(gradients);
  return worst;
}

/** The reference goes on past the end token; ours ends there. */
export async function expectSameContinuation({ model, features, images, expected }: Ours): Promise<void> {
  const end = expected.greedy.findIndex((id) => model.tokenizer.ends.includes(id));
  const tokens = end < 0 ? expected.greedy : expected.greedy.slice(0, end + 1);
  const made: number[][] = [];
  await generate(model, features, [{ key: 'k', images, prompt: expected.instruction }],
    { temperature: 0, maxNewTokens: expected.greedy.length, seed: 1 }, ([out = []]) => made.push([...out]));
  expect(made.at(-1)).toEqual(tokens);
}

/** Our name of a tensor by that in the file. */
function canonicalOf({ checkpoint }: SpeakingModel, stored: string): string {
  for (const [name, tensor] of checkpoint.tensors) if (tensor.stored === stored) return name;
  throw new Error(`The checkpoint stores no tensor "${stored}".`);
}

async function shareOfRange(tensor: tf.Tensor, expected: Float32Array): Promise<number> {
  const actual = await tensor.data<'float32'>();
  expect(actual.length).toBe(expected.length);
  let [low, high, error] = [Infinity, -Infinity, 0];
  for (let i = 0; i < expected.length; i++) {
    const e = expected[i] as number;
    low = Math.min(low, e);
    high = Math.max(high, e);
    // A NaN must not pass as no error.
    error = Math.max(error, Number.isNaN(actual[i]) ? Infinity : Math.abs((actual[i] as number) - e));
  }
  return error / Math.max(high - low, 1e-12);
}
