/**
 * How training and decoding cost grows with tokens: this project's own trainer and generation, on the Llama with random
 * weights that `npm run bench` measures. Each call opens the device afresh; its thread has just begun.
 */
import { generate } from '../../../src/generate/generate';
import { loadModel, speaking, type SpeakingModel } from '../../../src/model/model';
import { VisionFeatures } from '../../../src/model/vision-features';
import { stream } from '../../../src/random';
import type { Batch } from '../../../src/train/batch';
import { Trainer } from '../../../src/train/trainer';
import { between, type Odometer } from '../../../src/bench/odometer';
import { countTensors, withPeak } from '../peak';
import { checkLosses } from '../../../src/bench/measure';
import { open } from '../../../src/bench/ours';
import { llamaCheckpoint } from '../../../src/bench/ours-checkpoint';
import { medianOf } from '../../../src/bench/row';
import { memoryBytes } from '../../../src/bench/wasm-memory';
import { learningRate, shape, type Backend } from '../../../src/bench/work';
import { type CpuClock, cpuOf } from './cpu';
import { costOf, type TokensRow } from './row';
import { decodingOperations, sequencesOf, trainingOperations, type Step } from './sizes';

/** Steps that compile, fill pools and are checked. */
const warmUp = 3;

async function loaded(backend: Backend): Promise<[SpeakingModel, VisionFeatures]> {
  await open(backend);
  countTensors();
  const model = speaking(await loadModel(llamaCheckpoint(), { scheme: 'f32', onShard: () => undefined }));
  return [model, new VisionFeatures(model.weights, model.config)];
}

/** One update over so many tokens. Throws where its losses make no sense. */
export async function measureStep(step: Step, backend: Backend, tokens: number, repeats: number, odometer: Odometer, cpu: CpuClock): Promise<TokensRow> {
  const sequences = sequencesOf(step, tokens);
  const each = tokens / sequences;
  const [model, features] = await loaded(backend);
  const trainer = new Trainer(model, features, { parts: ['decoder'], weightDecay: 0, clipNorm: 0 });
  const losses: number[] = [];
  for (let i = 0; i < warmUp; i++) losses.push((await trainer.stepOn(randomBatch(sequences, each, 0), learningRate)).loss);
  checkLosses(losses);
  odometer.forgetPeak();
  const cpuBefore = await cpu();
  const milliseconds: number[] = [];
  const dispatches: number[] = [];
  const { peakBytes: tensorBytes } = await withPeak(async () => {
    for (let i = 1; i <= repeats; i++) {
      const batch = randomBatch(sequences, each, i);
      const before = odometer.read();
      const begin = performance.now();
      await trainer.stepOn(batch, learningRate);
      milliseconds.push(performance.now() - begin);
      dispatches.push(between(before, odometer.read()).dispatches);
    }
  });
  const cost = costOf(milliseconds, cpuOf(await cpu() - cpuBefore, repeats));
  return {
    what: step, tokens, ...cost, msPerToken: cost.ms / tokens, gflop: trainingOperations(sequences, each) / 1e9,
    dispatches: backend === 'wasm' ? null : medianOf(dispatches), peakBytes: peakOf(backend, odometer), tensorBytes,
  };
}

/** The next token is learned of every row. */
function randomBatch(sequences: number, tokens: number, number: number): Batch {
  const drawn = Array.from({ length: sequences }, (_, row) => randomIds(tokens + 1, number, row));
  return {
    sequences: drawn.map((ids) => ({ images: [], ids: ids.slice(0, -1) })), tokens, realTokens: sequences * tokens,
    labelRows: Array.from({ length: sequences * tokens }, (_, row) => row), labels: drawn.flatMap((ids) => ids.slice(1)),
  };
}

function randomIds(count: number, ...key: number[]): number[] {
  const draw = stream('scaling', ...key);
  return Array.from({ length: count }, () => Math.floor(draw() * shape.vocabulary));
}

/** One token after the other, behind a prompt of so many. */
export async function measureDecoding(backend: Backend, cached: number, repeats: number, odometer: Odometer): Promise<TokensRow> {
  const [model, features] = await loaded(backend);
  const moments: number[] = [];
  const dispatches: number[] = [];
  const prompt = String.fromCodePoint(...randomIds(cached, 0));
  const maxNewTokens = 1 + warmUp + repeats;
  const { value: [said], peakBytes: tensorBytes } = await withPeak(() =>
    generate(model, features, [{ key: 'scaling', images: [], prompt }], { temperature: 0, maxNewTokens, seed: 1 }, () => {
      moments.push(performance.now());
      dispatches.push(odometer.read().dispatches);
    }));
  if (said?.tokens !== maxNewTokens) throw new Error(`${said?.tokens} tokens were decoded instead of ${maxNewTokens}.`);
  // A token takes less than the CPU's time is told by.
  const cost = costOf(stepsBetween(moments), null);
  return {
    what: 'decoded token', tokens: cached, ...cost, msPerToken: cost.ms, gflop: decodingOperations(cached) / 1e9,
    dispatches: backend === 'wasm' ? null : medianOf(stepsBetween(dispatches)), peakBytes: peakOf(backend, odometer), tensorBytes,
  };
}

/** From one to the next, without the first few. */
function stepsBetween(readings: readonly number[]): number[] {
  return readings.slice(1).map((reading, i) => reading - (readings[i] as number)).slice(warmUp);
}

function peakOf(backend: Backend, odometer: Odometer): number {
  return backend === 'wasm' ? memoryBytes() : odometer.bytes().peak;
}
