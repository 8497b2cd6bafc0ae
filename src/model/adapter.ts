/**
 * Low-rank adaptation of a model's decoder (LoRA, Hu et al., arXiv 2106.09685): a fresh adapter, one from a file in PEFT's
 * format, and back into one. What an adapter computes is `weights.ts`' to say, how the file looks `checkpoint/adapter.ts`'.
 */
import * as tf from '@tensorflow/tfjs';
import { type Adapter, type AdapterLayer, writeAdapter } from '../checkpoint/adapter';
import { ComdError } from '../errors';
import { hash, stream } from '../random';
import type { LoraOptions } from '../../workers/protocol';
import type { Model, SpeakingModel } from './model';
import { lora } from './weights';

/**
 * Lays a fresh adapter over the decoder's linear layers that are named: A is drawn as PEFT draws it, uniform in
 * ±1/√in, and B is zero, so that the model is at first what it was.
 * Throws `settings/invalid` where no layer has one of the names.
 */
export function addAdapter(model: SpeakingModel, { rank, alpha, targets }: LoraOptions): void {
  const layers = targetLayers(model, targets);
  for (const [layer, [out, inputs]] of layers) {
    const draw = stream('lora', hash(layer));
    const a = Float32Array.from({ length: inputs * rank }, () => (2 * draw() - 1) / Math.sqrt(inputs));
    model.weights.adapt(layer, tf.tensor2d(a, [inputs, rank]), tf.zeros([rank, out]), alpha / rank);
  }
}

/** Lays an adapter that was read over the model; tensors that it carries whole (a trained connector) replace the model's. */
export function applyAdapter(model: SpeakingModel, adapter: Adapter): void {
  for (const [layer, { a, b, rank, scale }] of adapter.layers) {
    const [out, inputs] = layerShape(model, layer);
    mustBe(layer, 'lora_A', a.length, rank * inputs);
    mustBe(layer, 'lora_B', b.length, out * rank);
    const [down, up] = tf.tidy(() => [tf.transpose(tf.tensor2d(a, [rank, inputs])), tf.transpose(tf.tensor2d(b, [out, rank]))]);
    model.weights.adapt(layer, down as tf.Tensor2D, up as tf.Tensor2D, scale);
  }
  for (const [name, { shape, data }] of adapter.saved) replace(model, name, shape, data);
}

/** The adapter, and the connector where there is one, as a folder in PEFT's format: file name to bytes. */
export async function exportAdapter(model: SpeakingModel, options: LoraOptions): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
  const { weights, checkpoint, config } = model;
  const layers = new Map<string, AdapterLayer>();
  for (const [layer, scale] of weights.adapted()) {
    const [out, inputs] = layerShape(model, layer);
    layers.set(layer, {
      a: await weights.stored(`${layer}.${lora.a}`), b: await weights.stored(`${layer}.${lora.b}`), rank: weights.get(`${layer}.${lora.a}`).shape[1] as number, scale, in: inputs, out,
    });
  }
  const saved: Adapter['saved'] = new Map();
  for (const name of weights.names().filter((tensor) => tensor.startsWith('multi_modal_projector.'))) {
    saved.set(name, { shape: [...checkpoint.tensors.get(name)?.shape ?? []], data: await weights.stored(name) });
  }
  return writeAdapter({ options, layers, saved }, { family: config.family, baseName: checkpoint.place });
}

/** The layers whose last name is among the targets, with their shape `[out, in]`. */
function targetLayers(model: SpeakingModel, targets: readonly string[]): [string, [number, number]][] {
  const layers = [...model.checkpoint.tensors.keys()]
    .filter((name) => name.startsWith('language_model.model.layers.') && name.endsWith('_proj.weight'))
    .map((name) => name.replace(/\.weight$/, ''));
  const known = new Set(layers.map((layer) => layer.split('.').at(-1) as string));
  const stranger = targets.find((target) => !known.has(target));
  if (stranger !== undefined || targets.length === 0) {
    throw new ComdError('settings/invalid', `The adapter's target "${stranger ?? ''}" is no linear layer of "${model.name}".`, `Use some of ${[...known].join(', ')}.`);
  }
  return layers.filter((layer) => targets.includes(layer.split('.').at(-1) as string)).map((layer) => [layer, layerShape(model, layer)]);
}

/** `[out, in]` of a linear layer. Throws `checkpoint/shape` where the model has no such layer. */
function layerShape(model: Model, layer: string): [number, number] {
  const shape = model.checkpoint.tensors.get(`${layer}.weight`)?.shape;
  if (shape?.length === 2) return shape as [number, number];
  throw new ComdError('checkpoint/shape', `The adapter corrects the layer "${layer}", which "${model.name}" does not have.`,
    'Use the adapter with the model that it was trained on.');
}

function mustBe(layer: string, factor: string, found: number, expected: number): void {
  if (found === expected) return;
  throw new ComdError('checkpoint/shape', `The adapter's ${factor} of "${layer}" has ${found} numbers, but the model asks for ${expected}.`,
    'Use the adapter with the model that it was trained on.');
}

function replace({ weights, checkpoint, name: model }: Model, name: string, shape: readonly number[], data: Float32Array): void {
  const held = checkpoint.tensors.get(name);
  if (held === undefined || held.shape.join() !== shape.join() || !weights.has(name) || weights.isPacked(weights.placeOf(name).name)) {
    throw new ComdError('checkpoint/shape', `The adapter carries the tensor "${name}" as [${shape.join(', ')}], which does not fit "${model}".`,
      'Use the adapter with the model that it was trained on.');
  }
  weights.replace(name, tf.tidy(() => shape.length === 2 ? tf.transpose(tf.tensor2d(data, shape as [number, number])) : tf.tensor(data, [...shape])));
}
