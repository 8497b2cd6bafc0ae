import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { randomLlama } from '../../../../src/bench/models/checkpoint';
import { trainingOperations } from '../../../../src/bench/models/operations';
import { loadModel, speaking, type SpeakingModel } from '../../../../src/model/model';
import { VisionFeatures } from '../../../../src/model/vision-features';
import { onWasm } from '../../../../src/ops/linear/wasm';
import { Trainer } from '../../../../src/train/trainer';
import type { TrainingOptions } from '../../../../workers/protocol';
import { useWasm } from '../../../support/backend';

const shape = { hidden: 24, intermediate: 40, layers: 3, heads: 4, kvHeads: 2, headDim: 8, vocabulary: 97, theta: 1e4, epsilon: 1e-5 };
const adapter = { rank: 2, alpha: 4, targets: ['q_proj', 'v_proj'] };

/** Of the products that are multiplied in one step; attention's are a kernel of their own. */
async function multiplied(options: Pick<TrainingOptions, 'parts' | 'lora'>, sequences: number, tokens: number, labelRows: number[]): Promise<number> {
  const model: SpeakingModel = speaking(await loadModel(randomLlama(shape), { scheme: 'f32', onShard: () => undefined }));
  const trainer = new Trainer(model, new VisionFeatures(model.weights, model.config), { ...options, weightDecay: 0, clipNorm: 1 });
  const multiply = vi.spyOn(onWasm, 'multiply');
  const gated = vi.spyOn(onWasm, 'multiplyGated');
  await trainer.stepOn({
    sequences: Array.from({ length: sequences }, (_, i) => ({ images: [], ids: Array.from({ length: tokens }, (_, at) => (7 * i + 5 * at) % shape.vocabulary) })),
    tokens, realTokens: sequences * tokens, labelRows, labels: labelRows.map((row) => row % shape.vocabulary),
  }, 1e-3);
  trainer.dispose();
  model.weights.dispose();
  const plain = multiply.mock.calls.reduce((sum, [{ m, k, n }]) => sum + 2 * m * k * n, 0);
  return gated.mock.calls.reduce((sum, [x, weight]) => sum + 2 * (x.shape[0] as number) * weight.shape.reduce((product, side) => product * side, 1), plain);
}

function attention(sequences: number, tokens: number): number {
  return 12 * shape.layers * shape.heads * shape.headDim * sequences * tokens * (tokens + 1) / 2;
}

describe('the products of a real step', () => {
  beforeAll(useWasm);
  afterEach(() => { vi.restoreAllMocks(); });

  test.each([['all', [...Array(14).keys()]], ['few', [3, 6, 12]]])('are as many as are counted, with %s rows learned', async (_, labelRows) => {
    const size = { sequences: 2, tokens: 7, labels: labelRows.length, trained: 'decoder' as const };
    expect(await multiplied({ parts: ['decoder'] }, 2, 7, labelRows)).toBe(trainingOperations(shape, size) - attention(2, 7));
  });

  test('are as many as are counted of an adapter, but for a gradient of its lowest layers that leads nowhere', async () => {
    const labelRows = [...Array(7).keys()];
    const counted = trainingOperations(shape, { sequences: 1, tokens: 7, labels: 7, trained: adapter }) - attention(1, 7);
    const nowhere = adapter.targets.length * 2 * 7 * adapter.rank * shape.hidden;
    expect(await multiplied({ parts: ['adapter'], lora: adapter }, 1, 7, labelRows)).toBe(counted + nowhere);
  });
});
