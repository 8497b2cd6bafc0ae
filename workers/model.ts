/**
 * The thread of one model, be it student, teacher or one that is asked, on a device of its own, behind the typed interface of
 * `protocol.ts`. It wires the floors together and knows no mathematics and no method.
 */
import * as tf from '@tensorflow/tfjs';
import * as Comlink from 'comlink';
import { openAdapter } from '../src/checkpoint/adapter';
import { openPlace } from '../src/checkpoint/open-place';
import { sourceOf } from '../src/checkpoint/source-of';
import { preprocess } from '../src/data/preprocess';
import { type Device, openDevice } from '../src/device/device';
import { generate, promptLogits } from '../src/generate/generate';
import { applyAdapter, exportAdapter } from '../src/model/adapter';
import { exportModel, loadModel, type Model, speaking } from '../src/model/model';
import { VisionFeatures } from '../src/model/vision-features';
import { useThreads } from '../src/ops/wasm/threads';
import { fingerprintOf } from '../src/text/fingerprint';
import { scoreTargets } from '../src/train/score-targets';
import { restoreSnapshot, takeSnapshot } from '../src/train/snapshot';
import { lossOf, Trainer } from '../src/train/trainer';
import type { LoadOptions, ModelInfo, ModelPlace, ModelWorker } from './protocol';
import './transfer';

interface Loaded {
  device: Device;
  model: Model;
  features: VisionFeatures;
  trainer: Trainer | undefined;
}

let loaded: Loaded | undefined;

/** Runs one call on the loaded model; a device that failed meanwhile is what the caller hears of. */
async function onDevice<T>(call: (held: Loaded) => T | Promise<T>): Promise<T> {
  if (!loaded) throw new Error('No model is loaded.');
  const { device } = loaded;
  device.check();
  try {
    return await call(loaded);
  } finally {
    device.check();
  }
}

async function openModel(
  place: ModelPlace, { backend, weights: scheme, adapter, models = 1 }: LoadOptions, onShard: Parameters<ModelWorker['load']>[2],
): Promise<Loaded> {
  const device = await openDevice(backend, models);
  const threads = device.backend === 'wasm' ? useThreads(device.threads) : undefined;
  const model = await loadModel(await openPlace(place), { scheme, onShard });
  await threads;
  try {
    if (adapter) applyAdapter(speaking(model), await openAdapter(await sourceOf(adapter), model.config.family));
    device.check();
  } catch (error) {
    model.weights.dispose();
    throw error;
  }
  return { device, model, features: new VisionFeatures(model.weights, model.config), trainer: undefined };
}

function infoOf({ device, model: { name, config, parameters, weights, checkpoint } }: Loaded): ModelInfo {
  const { backend, adapter, why } = device;
  const speaks = config.decoder !== null;
  const tokenizer = speaks ? fingerprintOf(checkpoint.tokenizer) : null;
  const sees = speaks && config.connector !== null;
  return { name, family: config.family, parameters, bytes: weights.bytes(), tokenizer, sees, speaks, backend, adapter, why };
}

const worker: ModelWorker = {
  async load(place, options, onShard) {
    await worker.dispose();
    loaded = await openModel(place, options, onShard);
    return infoOf(loaded);
  },

  missing: (images) => onDevice(({ features }) => [...new Set(images)].filter((name) => !features.has(name))),

  see: (images) => onDevice(({ model, features }) =>
    features.see(images.map(({ name, pixels }) => ({ name, ...preprocess(pixels, model.checkpoint.preprocessor) })))),

  forget: (images) => onDevice(({ features }) => features.forget(images)),

  mostAlike: (wishes) => onDevice(({ features }) => wishes.map(({ to, among }) => features.mostAlike(to, among))),

  generate: (requests, options) => onDevice(({ model, features }) => generate(speaking(model), features, requests, options)),

  answer: (request, options, onText) => onDevice(async ({ model, features }) => {
    const { tokenizer } = speaking(model);
    const [made] = await generate(speaking(model), features, [request], options, ([out = []]) => onText(tokenizer.decode(out).trim(), out.length));
    if (!made) throw new Error('One request has one continuation.');
    return made;
  }),

  logits: (request) => onDevice(({ model, features }) => promptLogits(speaking(model), features, request)),

  beginTraining: (options) => onDevice((held) => {
    held.trainer?.dispose();
    held.trainer = undefined;
    held.trainer = new Trainer(speaking(held.model), held.features, options);
  }),

  step: (batch, rate) => onDevice(({ trainer }) => {
    if (!trainer) throw new Error('No training is open.');
    return trainer.step(batch, rate);
  }),

  loss: (batch) => onDevice(({ model, features }) => lossOf(speaking(model), features, batch)),

  scoreTargets: (examples, k) => onDevice(async ({ model, features }) => {
    const scored = await scoreTargets(speaking(model), features, examples, k);
    return Comlink.transfer(scored, scored.flatMap(({ tokens, ids, logProbs }) => [tokens.buffer, ids.buffer, logProbs.buffer]));
  }),

  snapshot: () => onDevice(async ({ model, trainer }) => {
    const bytes = await takeSnapshot(speaking(model), trainer);
    return Comlink.transfer(bytes, [bytes.buffer]);
  }),

  restore: (snapshot) => onDevice((held) => {
    const trainer = restoreSnapshot(speaking(held.model), held.features, snapshot);
    held.trainer?.dispose();
    held.trainer = trainer;
  }),

  save: () => onDevice(async ({ model, trainer }) => {
    const lora = trainer?.options.lora;
    const files = lora ? await exportAdapter(speaking(model), lora) : await exportModel(model);
    return Comlink.transfer(files, [...files.values()].map(({ buffer }) => buffer));
  }),

  memory: () => onDevice(() => {
    const { numTensors, numBytes } = tf.memory();
    return { tensors: numTensors, bytes: numBytes };
  }),

  async dispose() {
    loaded?.trainer?.dispose();
    loaded?.model.weights.dispose();
    loaded = undefined;
  },
};

Comlink.expose(worker);
