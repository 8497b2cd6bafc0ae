import * as tf from '@tensorflow/tfjs';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { batchOf } from '../../../src/train/batch';
import { partsOf } from '../../../src/train/parts';
import { scoreTargets } from '../../../src/train/score-targets';
import { restoreSnapshot, takeSnapshot } from '../../../src/train/snapshot';
import { lossOf, Trainer } from '../../../src/train/trainer';
import type { SoftTarget, TrainingExample, TrainingOptions } from '../../../workers/protocol';
import { useWasm } from '../../support/backend';
import { randomCheckpoint, tiny } from '../../support/random-checkpoint';
import { fingerprintOf } from '../../../src/text/fingerprint';
import { type Seen, seenModel } from '../../support/seen';

const wide = { ...tiny, text: { ...tiny.text, hidden: 24, intermediate: 28 } };
const plain: TrainingOptions = { parts: ['connector', 'decoder'], weightDecay: 0, clipNorm: 1 };
const soft = { weight: 0.5, temperature: 2 };
const examples: TrainingExample[] = [
  { images: ['a'], prompt: 'what?', target: 'a red hat' },
  { images: ['b'], prompt: 'how many are there?', target: 'two' },
  { images: ['a'], prompt: 'and now?', target: 'none' },
];

let student: Seen;
let teacher: Seen;
beforeAll(useWasm);
beforeEach(async () => {
  student = await seenModel(tiny, ['a', 'b']);
  teacher = await seenModel(wide, ['a', 'b']);
});

const trainer = (changes: Partial<TrainingOptions> = {}) => new Trainer(student.model, student.features, { ...plain, ...changes });
const scored = (k = 4) => scoreTargets(teacher.model, teacher.features, examples, k);
/** The last example has no soft target. */
const taught = async (k = 4): Promise<TrainingExample[]> => {
  const softTargets = await scored(k);
  return examples.map((example, i) => i < 2 ? { ...example, soft: softTargets[i] } : example);
};

async function numbers(): Promise<Map<string, Float32Array>> {
  const { weights } = student.model;
  return new Map(await Promise.all(weights.names().map(async (name) => [name, await weights.get(name).data<'float32'>()] as const)));
}

describe('scored targets', () => {
  test('are of every token of the target and the end token, and add up to 1 over the vocabulary', async () => {
    const { tokenizer, config } = teacher.model;
    const all = await scored(1_000_000);
    const known = Math.min(config.decoder.vocabulary, tokenizer.vocabulary);
    all.forEach(({ tokens, k, ids, logProbs }, i) => {
      expect([...tokens]).toEqual([...tokenizer.encode(` ${examples[i]!.target}`), tokenizer.eos]);
      expect(k).toBe(known);
      expect([...ids.slice(0, k)].sort((a, b) => a - b)).toEqual([...Array(known).keys()]);
      if (known === config.decoder.vocabulary) expect(logProbs.slice(0, k).reduce((sum, one) => sum + Math.exp(one), 0)).toBeCloseTo(1, 4);
    });
  });

  test('give the target\'s own tokens the probabilities that its loss is made of', async () => {
    const all = await scored(1_000_000);
    const surprise = all.flatMap(({ tokens, k, ids, logProbs }) => [...tokens].map((token, place) => -logProbs[place * k + ids.slice(place * k).indexOf(token)]!));
    const { loss } = await lossOf(teacher.model, teacher.features, examples);
    expect(surprise.reduce((a, b) => a + b, 0) / surprise.length).toBeCloseTo(loss, 4);
  });

  test('are those of one example alone, in order, and leave no tensor behind', async () => {
    await scored();
    const { numTensors } = tf.memory();
    const together = await scored();
    expect(tf.memory().numTensors).toBe(numTensors);
    for (const [i, example] of examples.entries()) {
      const [alone] = await scoreTargets(teacher.model, teacher.features, [example], 4);
      expect(alone!.ids).toEqual(together[i]!.ids);
      alone!.logProbs.forEach((one, j) => expect(one).toBeCloseTo(together[i]!.logProbs[j]!, 4));
    }
    expect(await scoreTargets(teacher.model, teacher.features, [], 4)).toEqual([]);
  });
});

describe('a step with soft targets', () => {
  test('of weight 0, or on records without any, is plain training to the bit', async () => {
    const step = async (batch: TrainingExample[], options: Partial<TrainingOptions>) => {
      student = await seenModel(tiny, ['a', 'b']);
      return [await trainer(options).step(batch, 1e-2), await numbers()];
    };
    const expected = await step(examples, {});
    expect(await step(await taught(), {})).toEqual(expected);
    expect(await step(await taught(), { soft: { weight: 0, temperature: 2 } })).toEqual(expected);
    expect(await step(examples, { soft })).toEqual(expected);
    expect(await step(await taught(), { soft })).not.toEqual(expected);
  });

  test('adds the weight times T² times what the distributions differ by, averaged over all targets', async () => {
    // At temperature 1 with all tokens, both sides are known from scoring.
    const batch = await taught(1_000_000);
    const own = await scoreTargets(student.model, student.features, examples, 1_000_000);
    const differ = (p: SoftTarget, q: SoftTarget): number => {
      const [a, b] = [p, q].map((of) => new Map([...of.ids].map((id, i) => [`${Math.floor(i / of.k)} ${id}`, of.logProbs[i]!] as const)));
      // Of the tokenizer's tokens alone; the teacher's are renormalised over them.
      const known = [...Array(p.tokens.length).keys()].map((place) => Math.log(p.logProbs.slice(place * p.k, (place + 1) * p.k).reduce((sum, one) => sum + Math.exp(one), 0)));
      return [...a!].reduce((sum, [key, log]) => {
        const renormalised = log - known[Number(key.split(' ')[0])]!;
        return sum + Math.exp(renormalised) * (renormalised - b!.get(key)!);
      }, 0);
    };
    const { loss, targets } = await lossOf(student.model, student.features, batch);
    const divergence = differ(batch[0]!.soft!, own[0]!) + differ(batch[1]!.soft!, own[1]!);
    const step = await trainer({ soft: { weight: 3, temperature: 1 } }).step(batch, 1e-3);
    expect(step.loss).toBeCloseTo(loss + 3 * divergence / targets, 3);
  });

  test.each([1, 2, 5])('is the same to rounding with %i examples at once', async (atOnce) => {
    const batch = await taught();
    const whole = [await trainer({ soft }).step(batch, 1e-2), await numbers()] as const;
    student = await seenModel(tiny, ['a', 'b']);
    const parts = [await trainer({ soft, atOnce }).step(batch, 1e-2), await numbers()] as const;
    expect(parts[0].loss).toBeCloseTo(whole[0].loss, 5);
    for (const [name, data] of whole[1]) {
      const off = data.filter((x, i) => Math.abs(x - (parts[1].get(name)?.[i] as number)) > 2e-3);
      expect(off.length, name).toBeLessThanOrEqual(data.length / 50);
    }
  });

  test('is the same to the bit when layers are computed again, and nearly so when halves are remembered', async () => {
    const batch = await taught();
    const step = async (options: Partial<TrainingOptions>) => {
      student = await seenModel(tiny, ['a', 'b']);
      return [await trainer({ soft, ...options }).step(batch, 1e-3), await numbers()] as const;
    };
    const remembered = await step({ recompute: false });
    expect(await step({ recompute: true })).toEqual(remembered);
    const [result, halves] = await step({ halves: true });
    expect(result).toEqual(remembered[0]);
    const differences = [...remembered[1]].flatMap(([name, data]) => [...data].map((x, i) => Math.abs(x - (halves.get(name)?.[i] as number))));
    expect(differences.filter((difference) => difference > 5e-4).length).toBeLessThan(differences.length / 50);
  });

  test('goes on from a snapshot to the bit', async () => {
    const batch = await taught();
    const open = trainer({ soft });
    await open.step(batch, 1e-2);
    const snapshot = await takeSnapshot(student.model, open);
    const straight = await open.step(batch, 1e-2);
    student = await seenModel(tiny, ['a', 'b']);
    expect(await restoreSnapshot(student.model, student.features, snapshot)!.step(batch, 1e-2)).toEqual(straight);
  });

  test('leaves no tensors behind', async () => {
    const batch = await taught();
    const open = trainer({ soft, atOnce: 2, recompute: true });
    await open.step(batch, 1e-3);
    const { numTensors, numBytes } = tf.memory();
    for (let i = 0; i < 3; i++) await open.step(batch, 1e-3);
    expect(tf.memory()).toMatchObject({ numTensors, numBytes });
  });

  test('draws the student to the teacher\'s distribution', async () => {
    const batch = (await scored()).map((softTarget, i) => ({ ...examples[i]!, soft: softTarget }));
    // So much weight that labels count as good as nothing: they are what the random teacher finds unlikely.
    const open = trainer({ soft: { weight: 1000, temperature: 1 } });
    const divergence = async (): Promise<number> => {
      const own = await scoreTargets(student.model, student.features, examples, 1_000_000);
      return batch.reduce((sum, { soft: of }, i) => sum + [...of.ids].reduce((all, id, j) => {
        const place = Math.floor(j / of.k);
        const row = own[i]!.ids.slice(place * own[i]!.k, (place + 1) * own[i]!.k);
        const mass = of.logProbs.slice(place * of.k, (place + 1) * of.k).reduce((a, b) => a + Math.exp(b), 0);
        const q = Math.exp(of.logProbs[j]!) / mass;
        return all + q * (Math.log(q) - own[i]!.logProbs[place * own[i]!.k + row.indexOf(id)]!);
      }, 0), 0);
    };
    const before = await divergence();
    for (let i = 0; i < 60; i++) await open.step(batch, 1e-2);
    expect(await divergence()).toBeLessThan(before / 10);
  });

  test.each([
    ['other tokens', ({ tokens }: SoftTarget) => ({ tokens: tokens.map((token) => token + 1) })],
    ['fewer tokens', ({ tokens }: SoftTarget) => ({ tokens: tokens.slice(1) })],
    ['tokens that the student does not have', ({ ids }: SoftTarget) => ({ ids: ids.map(() => 300) })],
  ])('is refused where the teacher reads the target as %s', async (_, change) => {
    const [example] = await taught();
    const batch = [{ ...example!, soft: { ...example!.soft!, ...change(example!.soft!) } }];
    const before = await numbers();
    await expect(trainer({ soft }).step(batch, 1e-3)).rejects.toMatchObject({
      code: 'settings/invalid', message: expect.stringMatching(/do not share a tokenizer.*"a red hat"/), remedy: expect.stringContaining('weight'),
    });
    expect(await numbers()).toEqual(before);
    // Where they do not count, they are nobody's business.
    await expect(trainer().step(batch, 1e-3)).resolves.toMatchObject({ targets: expect.any(Number) });
  });
});

test('parts of a batch have the soft targets of their own labels, and none where there are none', async () => {
  const batch = batchOf(student.model, student.features, await taught(), soft);
  const parts = partsOf(batch, 1);
  const rowOf = new Map(batch.labels.map((_, row) => [`${batch.soft!.ids.slice(row * 4, row * 4 + 4).join()}`, row]));
  expect(parts.filter((part) => part.soft === undefined)).toHaveLength(1);
  for (const { labels, soft: own } of parts) {
    if (own === undefined) continue;
    labels.forEach((label, row) => expect(batch.labels[rowOf.get(own.ids.slice(row * 4, row * 4 + 4).join())!]).toBe(label));
    expect([...own.weights]).toEqual(labels.map(() => 0.5 * 2 ** 2));
  }
});

test('models of different sizes with the same tokenizer have the same fingerprint', () => {
  expect(fingerprintOf(randomCheckpoint(wide).tokenizer)).toBe(fingerprintOf(randomCheckpoint(tiny).tokenizer));
});
