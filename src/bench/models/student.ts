/**
 * The bundled student's tuning step as a run takes it: a batch of the emoji world's records through connector and decoder, from
 * laying it out to reading its loss. The images have been seen before, as in a run.
 */
import type { Checkpoint } from '../../checkpoint/checkpoint';
import { openPlace } from '../../checkpoint/open-place';
import { bundledPrompts } from '../../comd/prompts/bundled';
import { tunedParts } from '../../comd/student';
import { tuning } from '../../comd/tune';
import { firstOf } from '../../data/drawn';
import { openEmojiWorld } from '../../data/emoji/open';
import { preprocess } from '../../data/preprocess';
import type { DataSet, InstructionRecord } from '../../data/types';
import { loadModel, speaking, type SpeakingModel } from '../../model/model';
import { VisionFeatures } from '../../model/vision-features';
import { defaults } from '../../settings';
import { batchOf, type Batch } from '../../train/batch';
import { partsOf } from '../../train/parts';
import { Trainer } from '../../train/trainer';
import type { TrainingExample } from '../../../workers/protocol';
import { measured, warmUpSteps } from '../measure';
import type { Odometer } from '../odometer';
import type { ModelMeasured } from './measured';
import { trainingOperations, type StepSize } from './operations';

/**
 * Throws where the loss does not fall.
 * @param served address of the folder that holds `models` and `datasets`
 * @param steps that count
 */
export async function measureStudent(served: string, steps: number, odometer: Odometer): Promise<ModelMeasured> {
  const checkpoint = await openPlace({ kind: 'url', url: `${served}models/emoji-student` });
  const model = speaking(await loadModel(checkpoint, { scheme: 'f32', onShard: () => undefined }));
  const data = await openEmojiWorld(`${served}datasets/emoji`);
  const examples = await examplesOf(data);
  const features = new VisionFeatures(model.weights, model.config);
  await show(features, checkpoint, data, examples.flatMap(({ images }) => images));
  const trainer = new Trainer(model, features, { parts: tunedParts(defaults), weightDecay: 0, clipNorm: 1 });
  const step = async (): Promise<number> => (await trainer.step(examples, defaults.tuneRate)).loss;
  const losses: number[] = [];
  for (let i = 0; i < warmUpSteps; i++) losses.push(await step());
  if (!((losses.at(-1) as number) < (losses[0] as number))) throw new Error(`The loss does not fall on the same batch: ${losses.join(', ')}.`);
  const batch = batchOf(model, features, examples);
  // As the trainer takes it: sequences of like length together.
  const parts = partsOf(batch, Infinity);
  const rows = parts.reduce((sum, part) => sum + part.sequences.length * part.tokens, 0);
  return {
    ...await measured(losses, steps, odometer, step),
    weights: 'f32', tokens: batch.realTokens, padding: 1 - batch.realTokens / rows,
    operations: parts.reduce((sum, part) => sum + trainingOperations(model.config.decoder, sizeOf(part, model, features)), 0),
  };
}

/** A run's first batch of its first iteration. */
async function examplesOf(data: DataSet): Promise<TrainingExample[]> {
  const records = await firstOf(data.records(defaults.seed), defaults.tuneBatch);
  const pool = { size: records.length, records: async (numbers: readonly number[]) => numbers.map((number) => records[number] as InstructionRecord) };
  const first = await tuning(1, pool, defaults.tuneBatch, bundledPrompts, defaults).batch(0);
  if (first.length !== defaults.tuneBatch) throw new Error(`The first batch has ${first.length} records instead of ${defaults.tuneBatch}.`);
  return first;
}

async function show(features: VisionFeatures, { preprocessor }: Checkpoint, data: DataSet, images: readonly string[]): Promise<void> {
  const names = [...new Set(images)];
  await features.see(await Promise.all(names.map(async (name) => ({ name, ...preprocess(await data.pixels(name), preprocessor) }))));
}

function sizeOf({ sequences, tokens, labels }: Batch, { config }: SpeakingModel, features: VisionFeatures): StepSize {
  const rows = sequences.flatMap(({ images }) => images).reduce((sum, image) => sum + features.length(image), 0);
  return { sequences: sequences.length, tokens, labels: labels.length, trained: 'decoder', connector: { rows, inputs: config.connector?.inputs ?? 0 } };
}
