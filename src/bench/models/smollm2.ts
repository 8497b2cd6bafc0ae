/** The works on SmolLM2-135M's shape with random weights, on the device that is open: a full step, an adapter's, a decoded token. */
import { loadModel, speaking, type SpeakingModel } from '../../model/model';
import { VisionFeatures } from '../../model/vision-features';
import { stream } from '../../random';
import type { Batch } from '../../train/batch';
import { Trainer } from '../../train/trainer';
import { checkLosses, measured, warmUpSteps } from '../measure';
import type { Odometer } from '../odometer';
import { tokenByToken } from '../token-by-token';
import { learningRate } from '../work';
import { randomLlama } from './checkpoint';
import type { ModelMeasured } from './measured';
import { decodingOperations, trainingOperations } from './operations';
import { adapter, smolLm2, type SmolLm2Case } from './work';

/** Throws where what comes out makes no sense. @param steps that count */
export async function measureSmolLm2(of: SmolLm2Case, steps: number, odometer: Odometer): Promise<ModelMeasured> {
  const checkpoint = randomLlama({ ...smolLm2, layers: of.layers });
  const model = speaking(await loadModel(checkpoint, { scheme: of.weights, onShard: () => undefined }));
  return of.work === 'decode smollm2' ? await measureDecoding(model, of, steps, odometer) : await measureTraining(model, of, steps, odometer);
}

async function measureTraining(model: SpeakingModel, { work, weights, tokens, recompute }: SmolLm2Case, steps: number, odometer: Odometer): Promise<ModelMeasured> {
  const isFull = work === 'train smollm2';
  const trainer = new Trainer(model, new VisionFeatures(model.weights, model.config), {
    parts: [isFull ? 'decoder' : 'adapter'], ...!isFull && { lora: { ...adapter, targets: [...adapter.targets] } }, weightDecay: 0, clipNorm: 1, recompute,
  });
  const step = async (number: number): Promise<number> => (await trainer.stepOn(randomBatch(tokens, number), learningRate)).loss;
  const losses: number[] = [];
  for (let i = 0; i < warmUpSteps; i++) losses.push(await step(0));
  checkLosses(losses, smolLm2.vocabulary);
  const size = { sequences: 1, tokens, labels: tokens, trained: isFull ? 'decoder' as const : adapter };
  return { ...await measured(losses, steps, odometer, step), weights, tokens, operations: trainingOperations(model.config.decoder, size) };
}

/** One sequence whose every next token is learned. */
function randomBatch(tokens: number, number: number): Batch {
  const draw = stream('bench sequence', number);
  const ids = Array.from({ length: tokens + 1 }, () => Math.floor(draw() * smolLm2.vocabulary));
  return {
    sequences: [{ images: [], ids: ids.slice(0, -1) }], tokens, realTokens: tokens, labelRows: Array.from({ length: tokens }, (_, row) => row), labels: ids.slice(1),
  };
}

async function measureDecoding(model: SpeakingModel, { weights, tokens }: SmolLm2Case, steps: number, odometer: Odometer): Promise<ModelMeasured> {
  const { vocabulary, layers, kvHeads, headDim } = model.config.decoder;
  // One more than is asked for, so that the answer does not come to its end in between.
  const next = await tokenByToken(model, new VisionFeatures(model.weights, model.config), randomPrompt(tokens), 1 + warmUpSteps + steps + 1);
  const one = async (): Promise<number> => {
    const token = await next();
    if (!(Number.isInteger(token) && token >= 0 && token < vocabulary)) throw new Error(`The decoded token is ${token}.`);
    return token;
  };
  const warmUp: number[] = [];
  for (let i = 0; i < warmUpSteps; i++) warmUp.push(await one());
  // What a token sees grows by one each time; this is the mean over those that count.
  const seen = tokens + warmUpSteps + (steps + 1) / 2;
  const cacheBytes = 2 * layers * kvHeads * headDim * 4 * seen;
  return {
    ...await measured(warmUp, steps, odometer, one),
    weights, tokens: 1, operations: decodingOperations(model.config.decoder, seen), bytes: model.weights.bytes() + cacheBytes,
  };
}

/** So many letters, of which each is a token. */
function randomPrompt(tokens: number): string {
  const draw = stream('bench prompt');
  return Array.from({ length: tokens }, () => String.fromCodePoint(97 + Math.floor(26 * draw()))).join('');
}
