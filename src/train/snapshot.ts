/**
 * Everything that training changes as one buffer, exact to the bit: trainable weights and, while a training is open,
 * its options, step count and moments. It is for going on later with the same model, not for exchange: that is what a
 * checkpoint is for.
 *
 * Layout: length of the header as a 32-bit little-endian number, the header as JSON, the numbers one after another.
 */
import * as tf from '@tensorflow/tfjs';
import { ComdError } from '../errors';
import { addAdapter } from '../model/adapter';
import type { SpeakingModel } from '../model/model';
import type { VisionFeatures } from '../model/vision-features';
import type { LoraOptions, TrainingOptions } from '../../workers/protocol';
import { trainable, Trainer } from './trainer';

interface Header {
  model: string;
  weights: string[];
  /** The adapter that lay over the model. */
  lora: LoraOptions | null;
  training: { options: TrainingOptions; steps: number; names: string[] } | null;
}

/** Reads the state of a model and of its training, where one is open. */
export async function takeSnapshot(model: SpeakingModel, trainer: Trainer | undefined): Promise<Uint8Array<ArrayBuffer>> {
  const weights = changing(model);
  const names = trainer?.names ?? [];
  const moments = names.flatMap((_, i) => { const { mean, variance } = (trainer as Trainer).optimizer.moments(i); return [mean, variance]; });
  const tensors = [...weights.map((name) => model.weights.get(name)), ...moments];
  const lora = trainer?.options.lora ?? null;
  const header: Header = { model: model.name, weights, lora, training: trainer ? { options: trainer.options, steps: trainer.steps, names: [...names] } : null };
  const numbers = await Promise.all(tensors.map((tensor) => tensor.data<'float32'>()));
  tf.dispose(moments);
  return pack(header, numbers);
}

/**
 * Brings a model back to a snapshot of it; returns the training that was open then, ready to go on.
 * Throws `checkpoint/shape` on a snapshot of another model.
 */
export function restoreSnapshot(model: SpeakingModel, features: VisionFeatures, snapshot: Uint8Array<ArrayBuffer>): Trainer | undefined {
  const { header, numbers } = unpack(snapshot);
  if (header.lora && model.weights.adapted().size === 0) addAdapter(model, header.lora);
  const expected = changing(model);
  const size = [...header.weights, ...(header.training?.names ?? []).flatMap((name) => [name, name])]
    .reduce((sum, name) => sum + (model.weights.has(name) ? model.weights.get(name).size : 0), 0);
  if (header.weights.join() !== expected.join() || size !== numbers.length) throw foreign(header.model, model.name);

  let at = 0;
  const next = (size: number): Float32Array => numbers.subarray(at, at += size);
  for (const name of header.weights) {
    const { shape, size: own } = model.weights.get(name);
    model.weights.set(name, tf.tensor(next(own).slice(), shape));
  }
  if (!header.training) return undefined;
  const trainer = new Trainer(model, features, header.training.options);
  trainer.steps = header.training.steps;
  header.training.names.forEach((name, i) => {
    const { size: own } = model.weights.get(name);
    trainer.optimizer.setMoments(i, next(own), next(own));
  });
  return trainer;
}

/** What a training may have changed: a packed decoder, or one beside an adapter, stays as it was loaded. */
function changing(model: SpeakingModel): string[] {
  const frozen = model.scheme !== 'f32' || model.weights.adapted().size > 0;
  return trainable(model, frozen ? ['connector', 'adapter'] : ['connector', 'decoder']);
}

function pack(header: Header, arrays: readonly Float32Array[]): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const length = arrays.reduce((sum, { byteLength }) => sum + byteLength, 4 + text.length);
  const out = new Uint8Array(length);
  new DataView(out.buffer).setUint32(0, text.length, true);
  out.set(text, 4);
  let at = 4 + text.length;
  for (const { buffer, byteOffset, byteLength } of arrays) {
    out.set(new Uint8Array(buffer, byteOffset, byteLength), at);
    at += byteLength;
  }
  return out;
}

function unpack(snapshot: Uint8Array<ArrayBuffer>): { header: Header; numbers: Float32Array } {
  const length = new DataView(snapshot.buffer, snapshot.byteOffset).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(snapshot.subarray(4, 4 + length))) as Header;
  // Copied, because the numbers need not lie on a multiple of four bytes.
  return { header, numbers: new Float32Array(snapshot.slice(4 + length).buffer) };
}

function foreign(found: string, expected: string): ComdError {
  return new ComdError('checkpoint/shape', `The snapshot is of the model "${found}" and does not fit "${expected}".`,
    'Discard the stored run, or start the app with the models that it was started with.');
}
