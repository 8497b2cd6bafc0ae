import * as tf from '@tensorflow/tfjs';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { batchOf } from '../../../src/train/batch';
import { restoreSnapshot, takeSnapshot } from '../../../src/train/snapshot';
import { lossOf, trainable, Trainer } from '../../../src/train/trainer';
import type { TrainingExample, TrainingOptions } from '../../../workers/protocol';
import { useWasm } from '../../support/backend';
import { tiny } from '../../support/random-checkpoint';
import { placeholders } from '../../support/placeholders';
import { type Seen, seenModel } from '../../support/seen';

let seen: Seen;
beforeAll(useWasm);
beforeEach(async () => {
  seen = await seenModel(tiny, ['a', 'b']);
});

const options: TrainingOptions = { parts: ['connector', 'decoder'], weightDecay: 0.01, clipNorm: 1 };
const examples: TrainingExample[] = [
  { images: ['a'], prompt: 'what?', target: 'a red hat' },
  { images: ['b'], prompt: 'how many are there?', target: 'two' },
  { images: ['a'], prompt: 'and now?', target: 'none' },
];
const trainer = (changes: Partial<TrainingOptions> = {}) => new Trainer(seen.model, seen.features, { ...options, ...changes });

async function numbers(): Promise<Map<string, Float32Array>> {
  const { weights } = seen.model;
  return new Map(await Promise.all(weights.names().map(async (name) => [name, await weights.get(name).data<'float32'>()] as const)));
}

describe('a batch', () => {
  test('learns the answer and the end token, and nothing of the prompt', () => {
    const { model, features } = seen;
    const batch = batchOf(model, features, examples);
    const [first] = batch.sequences;
    const answer = [...model.tokenizer.encode(' a red hat'), model.tokenizer.eos];
    expect(batch.labels.slice(0, answer.length)).toEqual(answer);
    expect(model.tokenizer.decode(first!.ids)).toContain('what?');
    // The row that predicts the answer's first token is the prompt's last.
    const prompt = first!.ids.length - (answer.length - 1);
    expect(batch.labelRows.slice(0, answer.length)).toEqual(answer.map((_, i) => prompt - 1 + i));
  });

  test('of the plain template is the image and its caption, closed by a newline', () => {
    const { model, features } = seen;
    const batch = batchOf(model, features, [{ images: ['a'], prompt: null, target: 'a hat' }]);
    expect(batch.sequences[0]!.ids.slice(0, 4)).toEqual(placeholders(model));
    expect(batch.labels).toEqual(model.tokenizer.encode('a hat\n'));
  });

  test.each([
    { images: ['a'], prompt: 'what is <image>?', target: 'x' },
    { images: ['a'], prompt: 'what?', target: 'an <image>' },
  ])('with a placeholder of its own in %j is refused', (example) => {
    expect(() => batchOf(seen.model, seen.features, [example])).toThrow(expect.objectContaining({ code: 'data/malformed-record' }));
  });
});

describe('a training step', () => {
  test('lowers the loss of the batch it was taken on', async () => {
    const open = trainer();
    const before = await lossOf(seen.model, seen.features, examples);
    for (let i = 0; i < 8; i++) await open.step(examples, 1e-2);
    const after = await lossOf(seen.model, seen.features, examples);
    expect(after.loss).toBeLessThan(before.loss * 0.8);
  });

  test('reports the loss before its update, the targets and the tokens', async () => {
    const before = await lossOf(seen.model, seen.features, examples);
    expect(await trainer().step(examples, 1e-3)).toEqual(before);
    const batch = batchOf(seen.model, seen.features, examples);
    expect(before).toMatchObject({ targets: batch.labels.length, tokens: batch.realTokens });
  });

  test('changes every tensor of the parts that train and no other', async () => {
    const before = await numbers();
    await trainer({ parts: ['connector'] }).step(examples, 1e-3);
    const after = await numbers();
    const changed = [...before].filter(([name, data]) => data.some((x, i) => x !== after.get(name)?.[i])).map(([name]) => name);
    expect(changed.sort()).toEqual(trainable(seen.model, ['connector']).sort());
  });

  test('moves by no more than its rate where the norm is clipped', async () => {
    const before = await numbers();
    await trainer({ clipNorm: 1e-3, weightDecay: 0 }).step(examples, 1e-2);
    for (const [name, data] of await numbers()) {
      data.forEach((x, i) => expect(Math.abs(x - (before.get(name)?.[i] as number))).toBeLessThanOrEqual(1.01e-2));
    }
  });

  test('with padding gives the mean of what its examples give alone, weighted by their targets', async () => {
    const together = await lossOf(seen.model, seen.features, examples);
    let sum = 0;
    for (const example of examples) {
      const { loss, targets } = await lossOf(seen.model, seen.features, [example]);
      sum += loss * targets;
    }
    expect(together.loss).toBeCloseTo(sum / together.targets, 5);
  });

  test.each([1, 2, 5])('is the same to rounding with %i examples at once', async (atOnce) => {
    const whole = [await trainer().step(examples, 1e-2), await numbers()] as const;
    seen = await seenModel(tiny, ['a', 'b']);
    const parts = [await trainer({ atOnce }).step(examples, 1e-2), await numbers()] as const;
    expect(parts[0]).toMatchObject({ targets: whole[0].targets, tokens: whole[0].tokens });
    expect(parts[0].loss).toBeCloseTo(whole[0].loss, 5);
    // The first step moves a number by its rate whatever the size of its gradient, unless that is nothing but rounding.
    for (const [name, data] of whole[1]) {
      const off = data.filter((x, i) => Math.abs(x - (parts[1].get(name)?.[i] as number)) > 2e-3);
      expect(off.length, name).toBeLessThanOrEqual(data.length / 50);
    }
  });

  test('is the same to the bit when layers are computed again for their gradient', async () => {
    const remembered = [await trainer({ recompute: false }).step(examples, 1e-2), await numbers()] as const;
    seen = await seenModel(tiny, ['a', 'b']);
    expect([await trainer({ recompute: true }).step(examples, 1e-2), await numbers()]).toEqual(remembered);
  });

  test('remembers activations in halves with nearly the same gradients', async () => {
    const long = [{ images: ['a'], prompt: 'what is it that you see on this one?', target: 'a very long answer, so that there is something to remember' }];
    const whole = [await trainer().step(long, 1e-3), await numbers()] as const;
    seen = await seenModel(tiny, ['a', 'b']);
    const halves = [await trainer({ halves: true }).step(long, 1e-3), await numbers()] as const;
    expect(halves[0]).toEqual(whole[0]);
    const differences = [...whole[1]].flatMap(([name, data]) => [...data].map((x, i) => Math.abs(x - (halves[1].get(name)?.[i] as number))));
    expect(differences.some((difference) => difference > 0)).toBe(true);
    expect(differences.filter((difference) => difference > 5e-4).length).toBeLessThan(differences.length / 50);
  });

  test('leaves no tensors behind', async () => {
    const open = trainer();
    await open.step(examples, 1e-3);
    const { numTensors } = tf.memory();
    for (let i = 0; i < 3; i++) await open.step(examples, 1e-3);
    expect(tf.memory().numTensors).toBe(numTensors);
  });

  test('on a loss that is not finite throws, changes nothing and leaks nothing', async () => {
    const name = 'language_model.model.norm.weight';
    const { weights } = seen.model;
    weights.set(name, tf.fill(weights.get(name).shape, Number.NaN));
    const open = trainer();
    const before = await numbers();
    // The table of angles comes with the first pass, and stays.
    await lossOf(seen.model, seen.features, examples);
    const { numTensors } = tf.memory();
    await expect(open.step(examples, 1e-3)).rejects.toMatchObject({ code: 'run/diverged' });
    expect(await numbers()).toEqual(before);
    expect(tf.memory().numTensors).toBe(numTensors);
  });
});

describe('a snapshot', () => {
  test('goes on to the bit as if it had never been taken', async () => {
    const open = trainer();
    for (let i = 0; i < 3; i++) await open.step(examples, 1e-2);
    const snapshot = await takeSnapshot(seen.model, open);
    const straight = [await open.step(examples, 1e-2), await open.step(examples, 1e-2)];
    const expected = await numbers();

    seen = await seenModel(tiny, ['a', 'b']);
    const restored = restoreSnapshot(seen.model, seen.features, snapshot)!;
    expect([await restored.step(examples, 1e-2), await restored.step(examples, 1e-2)]).toEqual(straight);
    expect(await numbers()).toEqual(expected);
  });

  test('without an open training holds the weights alone', async () => {
    const snapshot = await takeSnapshot(seen.model, undefined);
    const before = await numbers();
    await trainer().step(examples, 1e-2);
    expect(restoreSnapshot(seen.model, seen.features, snapshot)).toBeUndefined();
    expect(await numbers()).toEqual(before);
  });

  test('of another model is refused and changes nothing', async () => {
    const other = await seenModel({ ...tiny, text: { ...tiny.text, intermediate: 24 } }, []);
    const snapshot = await takeSnapshot(other.model, undefined);
    const before = await numbers();
    expect(() => restoreSnapshot(seen.model, seen.features, snapshot)).toThrow(expect.objectContaining({ code: 'checkpoint/shape' }));
    expect(await numbers()).toEqual(before);
  });
});
