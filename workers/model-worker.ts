/**
 * A model on a device of its own, behind the typed interface of `protocol.ts`. It wires the floors together and knows
 * no mathematics and no method.
 */
import * as tf from '@tensorflow/tfjs';
import * as Comlink from 'comlink';
import { openCheckpoint } from '../src/checkpoint/open';
import { preprocess } from '../src/data/preprocess';
import { type Device, openDevice } from '../src/device/device';
import { generate } from '../src/generate/generate';
import { exportModel, type Llava, loadModel } from '../src/model/llava';
import { VisionFeatures } from '../src/model/vision-features';
import { restoreSnapshot, takeSnapshot } from '../src/train/snapshot';
import { lossOf, Trainer } from '../src/train/trainer';
import type { ModelWorker } from './protocol';
import './transfer';

interface Loaded {
  device: Device;
  model: Llava;
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

const worker: ModelWorker = {
  async load(url, backend, onShard) {
    await worker.dispose();
    const device = await openDevice(backend);
    const model = await loadModel(await openCheckpoint(url), onShard);
    device.check();
    loaded = { device, model, features: new VisionFeatures(model.weights, model.config), trainer: undefined };
    const { name, parameters } = model;
    return { name, parameters, backend: device.backend, adapter: device.adapter, why: device.why };
  },

  missing: (images) => onDevice(({ features }) => [...new Set(images)].filter((name) => !features.has(name))),

  see: (images) => onDevice(({ model, features }) =>
    features.see(images.map(({ name, pixels }) => ({ name, ...preprocess(pixels, model.meta.preprocessor) })))),

  generate: (requests, options) => onDevice(({ model, features }) => generate(model, features, requests, options)),

  beginTraining: (options) => onDevice((held) => {
    held.trainer?.dispose();
    held.trainer = new Trainer(held.model, held.features, options);
  }),

  step: (batch, rate) => onDevice(({ trainer }) => {
    if (!trainer) throw new Error('No training is open.');
    return trainer.step(batch, rate);
  }),

  loss: (batch) => onDevice(({ model, features }) => lossOf(model, features, batch)),

  snapshot: () => onDevice(async ({ model, trainer }) => {
    const bytes = await takeSnapshot(model, trainer);
    return Comlink.transfer(bytes, [bytes.buffer]);
  }),

  restore: (snapshot) => onDevice((held) => {
    const trainer = restoreSnapshot(held.model, held.features, snapshot);
    held.trainer?.dispose();
    held.trainer = trainer;
  }),

  save: () => onDevice(async ({ model }) => {
    const files = await exportModel(model);
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
