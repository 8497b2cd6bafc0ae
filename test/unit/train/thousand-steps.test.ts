/** A long training holds no more in the end than in the beginning. */
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { memoryOf, wasmBackend } from '../../../src/ops/wasm-heap';
import { scoreTargets } from '../../../src/train/score-targets';
import { Trainer } from '../../../src/train/trainer';
import type { TrainingExample } from '../../../workers/protocol';
import { useWasm } from '../../support/backend';
import { seenModel } from '../../support/seen';

beforeAll(useWasm);

const shape = {
  vision: { hidden: 12, layers: 1, heads: 2, image: 8, patch: 4 },
  text: { hidden: 8, intermediate: 12, layers: 1, heads: 2, kvHeads: 1, vocabulary: 300 },
  tied: true,
};

test('a thousand steps leave neither tensors nor memory behind', { timeout: 120_000 }, async () => {
  const { model, features } = await seenModel(shape, ['a', 'b']);
  const trainer = new Trainer(model, features, { parts: ['connector', 'decoder'], weightDecay: 0, clipNorm: 1, atOnce: 1, recompute: true, soft: { weight: 0.5, temperature: 2 } });
  const hard: TrainingExample[] = ['one', 'a longer answer', 'two'].map((target, i) => ({ images: ['a'], prompt: 'what?'.repeat(i + 1), target }));
  // Steps with soft targets and without, and with parts that have none.
  const [, soft] = await scoreTargets(model, features, hard, 3);
  const examples = hard.map((example, i) => i === 1 ? { ...example, soft } : example);
  const held = (): unknown => [tf.memory().numTensors, tf.memory().numBytes, memoryOf(wasmBackend()).buffer.byteLength];
  const steps = async (count: number): Promise<void> => {
    // Batches of different lengths, as a run has them.
    for (let i = 0; i < count; i++) await trainer.step(examples.slice(0, 1 + i % 3), 1e-3);
  };
  await steps(6);
  const before = held();
  // Ends on a batch of the same shape, whose positions are kept.
  await steps(1002);
  expect(held()).toEqual(before);
});
