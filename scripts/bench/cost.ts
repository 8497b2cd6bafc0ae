/**
 * What a model that sees costs on this thread's device: loading, one image, the first token, the tokens after it, and a
 * step of low-rank adaptation. It judges nothing that the model says.
 */
import { openPlace } from '../../src/checkpoint/open-place';
import { preprocess } from '../../src/data/preprocess';
import { generate } from '../../src/generate/generate';
import { loadModel, speaking } from '../../src/model/model';
import { VisionFeatures } from '../../src/model/vision-features';
import type { Scheme } from '../../src/settings';
import { Trainer } from '../../src/train/trainer';
import type { ModelPlace, TrainingOptions } from '../../workers/protocol';
import { countTensors, heldBytes, withPeak } from './peak';

export interface Cost {
  loadSeconds: number;
  seeSeconds: number;
  firstTokenSeconds: number;
  tokensPerSecond: number;
  /** Of the second step; the first one's, which also makes what the following reuse, for comparison. */
  stepSeconds: number;
  firstStepSeconds: number;
  /** Tokens of the one example. */
  stepTokens: number;
  /** Tensors by count: loaded, at most while seeing and answering, held with adapter and moments, at most in a step. */
  loadedBytes: number;
  answerPeakBytes: number;
  trainingBytes: number;
  stepPeakBytes: number;
}

const picture = { width: 512, height: 512, data: new Uint8ClampedArray(4 * 512 * 512).map((_, i) => (i * 2654435761) >>> 24) };
const training: TrainingOptions = {
  parts: ['connector', 'adapter'], lora: { rank: 8, alpha: 16, targets: ['q_proj', 'v_proj'] }, weightDecay: 0, clipNorm: 1,
};
const newTokens = 17;

export async function costOf(place: ModelPlace, scheme: Scheme): Promise<Cost> {
  countTensors();
  const loading = await timed(async () => loadModel(await openPlace(place), { scheme, onShard: () => undefined }));
  const model = speaking(loading.value);
  const loadedBytes = heldBytes();
  const features = new VisionFeatures(model.weights, model.config);
  const { value: answer, peakBytes: answerPeakBytes } = await withPeak(async () => {
    const { seconds } = await timed(() => features.see([{ name: 'picture', ...preprocess(picture, model.checkpoint.preprocessor) }]));
    const times = [performance.now()];
    await generate(model, features, [{ key: 'cost', images: ['picture'], prompt: 'What is on it?' }], { temperature: 0, maxNewTokens: newTokens, seed: 1 },
      () => times.push(performance.now()));
    return { seeSeconds: seconds, times };
  });
  const trainer = new Trainer(model, features, training);
  const trainingBytes = heldBytes();
  const example = { images: ['picture'], prompt: 'What is on it?', target: 'A cat.' };
  const step = (): Promise<{ tokens: number }> => trainer.step([example], 1e-4);
  const first = await timed(step);
  // Counting costs next to nothing, so that the timed step is the counted one.
  const { value: second, peakBytes: stepPeakBytes } = await withPeak(() => timed(step));
  trainer.dispose();
  model.weights.dispose();
  const { seeSeconds, times } = answer;
  const [begin, firstToken, last] = [times[0], times[1], times.at(-1)] as [number, number, number];
  return {
    loadSeconds: loading.seconds, seeSeconds,
    firstTokenSeconds: (firstToken - begin) / 1000, tokensPerSecond: (times.length - 2) / ((last - firstToken) / 1000),
    stepSeconds: second.seconds, firstStepSeconds: first.seconds, stepTokens: second.value.tokens,
    loadedBytes, answerPeakBytes, trainingBytes, stepPeakBytes,
  };
}

async function timed<T>(work: () => Promise<T>): Promise<{ value: T; seconds: number }> {
  const begin = performance.now();
  const value = await work();
  return { value, seconds: (performance.now() - begin) / 1000 };
}
