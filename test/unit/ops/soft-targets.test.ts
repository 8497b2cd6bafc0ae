import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { type Head, crossEntropy } from '../../../src/ops/cross-entropy/cross-entropy';
import { likeliest } from '../../../src/ops/soft-targets/likeliest';
import { distillationLoss } from '../../../src/ops/soft-targets/soft-targets';
import { tempered } from '../../../src/ops/soft-targets/targets';
import { useWasm } from '../../support/backend';
import { expectClose } from '../../support/close';
import { expectGradients, randomTensor } from '../../support/gradient';
import { cut } from '../../support/in-parts';
import { expectAsComposed, lossAndGradients, softTargets } from '../../support/soft-targets';

beforeAll(useWasm);

vi.mock('../../../src/ops/wasm/threads', async (original) => (await import('../../support/in-parts')).threadsInParts(await original()));

/** So few logits at a time that ranges are as narrow as they get, 64 tokens. */
const FEW = 64;
const MANY = 1 << 20;

/** A head whose scores are the hidden states themselves, so that tests can give logits. */
const itself = (vocabulary: number): Head => ({
  vocabulary,
  scores: (hidden, first, width) => tf.slice(hidden, [0, first], [hidden.shape[0], width]),
  back: (dLogits, first) => tf.pad(dLogits, [[0, 0], [first, vocabulary - first - dLogits.shape[1]]]),
});

const labelsFor = (rows: number, vocabulary: number): number[] => Array.from({ length: rows }, (_, i) => (i * 7 + 1) % vocabulary);

describe('the loss with soft targets', () => {
  test('is what one computes by hand', async () => {
    // The student gives 1/2, 1/4, 1/4; at temperature 2 in proportion to √2, 1, 1. The teacher's ½ and ⅛ are 2 to 1 at temperature 2.
    const logits = tf.tensor2d([[Math.log(2), 0, 0]]);
    const probabilities = tempered([Math.log(1 / 2), Math.log(1 / 8)], 2);
    expectClose(probabilities, [2 / 3, 1 / 3], 1e-6);
    const soft = { k: 2, temperature: 2, ids: Int32Array.of(0, 2), probabilities, weights: Float32Array.of(0.5 * 2 ** 2) };
    const [p0, p2] = [Math.SQRT2 / (Math.SQRT2 + 2), 1 / (Math.SQRT2 + 2)];
    const divergence = 2 / 3 * Math.log(2 / 3 / p0) + 1 / 3 * Math.log(1 / 3 / p2);
    expectClose(await distillationLoss(logits, itself(3), [1], soft).data(), [Math.log(4) + 0.5 * 4 * divergence], 1e-6);
  });

  const cases = fc.record({
    rows: fc.constantFrom(1, 2, 3, 17), width: fc.constantFrom(1, 5, 8), vocabulary: fc.constantFrom(2, 3, 17, 64, 65, 130, 204),
    part: fc.constantFrom<'one' | 'some' | 'all'>('one', 'some', 'all'), temperature: fc.constantFrom(0.5, 1, 2, 4), most: fc.constantFrom(FEW, MANY),
    head: fc.constantFrom<'table' | 'weight' | 'frozen'>('table', 'weight', 'frozen'),
  });

  test('and its gradients equal those of the composed form, whatever the shapes, the head and the ranges', async () => {
    await fc.assert(fc.asyncProperty(cases, async ({ rows, width, vocabulary, part, temperature, most, head }) => {
      const k = { one: 1, some: Math.ceil(vocabulary / 3), all: vocabulary }[part];
      await expectAsComposed(head, [rows, width, vocabulary], k, temperature, most);
    }), { numRuns: 60 });
  });

  test('has the gradient that finite differences have', async () => {
    const soft = softTargets(3, 70, 5, 2);
    await expectGradients((logits) => distillationLoss(logits as tf.Tensor2D, itself(70), [1, 69, 0], soft, FEW), [randomTensor([3, 70], 'logits')]);
  });

  test('at the teacher\'s own distribution is cross-entropy alone, and the divergence pulls nowhere', async () => {
    const logits = randomTensor<tf.Rank.R2>([2, 9], 'logits');
    const { ids, logProbs } = await likeliest(logits, itself(9), 9, 9);
    const probabilities = Float32Array.from([0, 1].flatMap((row) => [...tempered(logProbs.subarray(row * 9, row * 9 + 9), 3)]));
    const soft = { k: 9, temperature: 3, ids, probabilities, weights: Float32Array.of(9, 9) };
    const both = tf.valueAndGrad((x) => distillationLoss(x as tf.Tensor2D, itself(9), [1, 4], soft))(logits);
    const plain = tf.valueAndGrad((x) => crossEntropy(x as tf.Tensor2D, itself(9), [1, 4]))(logits);
    expectClose(await both.value.data(), await plain.value.data(), 1e-5);
    expectClose(await both.grad.data(), await plain.grad.data(), 1e-6);
  });

  test('gives rows without soft targets the gradient of plain training, to the bit', async () => {
    const logits = randomTensor<tf.Rank.R2>([4, 9], 'logits');
    const soft = softTargets(4, 9, 3, 2);
    const gradient = (f: (x: tf.Tensor2D) => tf.Scalar): Promise<Float32Array> => tf.grad((x) => f(x as tf.Tensor2D))(logits).data<'float32'>() as Promise<Float32Array>;
    const both = await gradient((x) => distillationLoss(x, itself(9), [1, 4, 0, 8], soft));
    const plain = await gradient((x) => crossEntropy(x, itself(9), [1, 4, 0, 8]));
    soft.weights.forEach((weight, row) => {
      const [a, b] = [both, plain].map((all) => all.slice(row * 9, row * 9 + 9));
      if (weight === 0) expect(a).toEqual(b);
      else expect(a).not.toEqual(b);
    });
    expect(soft.weights).toContain(0);
  });

  test('overflows nothing where scores are huge', async () => {
    const soft = { k: 1, temperature: 2, ids: Int32Array.of(0), probabilities: Float32Array.of(1), weights: Float32Array.of(4) };
    const { value, grad } = tf.valueAndGrad((x) => distillationLoss(x as tf.Tensor2D, itself(3), [0], soft))(tf.tensor2d([[1e4, 0, -1e4]]));
    expectClose(await value.data(), [0], 1e-6);
    expectClose(await grad.data(), [0, 0, 0], 1e-6);
  });

  test('comes to the same bits when threads share out the rows', async () => {
    const hidden = randomTensor<tf.Rank.R2>([9, 5], 'hidden');
    const table = randomTensor<tf.Rank.R2>([130, 5], 'table');
    const soft = softTargets(9, 130, 4, 2);
    const [whole, ...parts] = await cut(() => lossAndGradients((h, t) => distillationLoss(h, { table: t }, labelsFor(9, 130), soft, FEW), hidden, table));
    for (const some of parts) expect(some).toEqual(whole);
  });

  test('leaves no tensor behind, whichever gradient is asked for', () => {
    const hidden = randomTensor<tf.Rank.R2>([4, 8], 'hidden');
    const table = randomTensor<tf.Rank.R2>([80, 8], 'table');
    const soft = softTargets(4, 80, 3, 2);
    const { numTensors } = tf.memory();
    for (const most of [FEW, MANY]) {
      const loss = (h: tf.Tensor, t: tf.Tensor): tf.Scalar => distillationLoss(h as tf.Tensor2D, { table: t as tf.Tensor2D }, [0, 1, 2, 3], soft, most);
      tf.dispose([loss(hidden, table), tf.grad((h) => loss(h, table))(hidden), tf.grad((t) => loss(hidden, t))(table), tf.grads(loss)([hidden, table])]);
    }
    expect(tf.memory().numTensors).toBe(numTensors);
  });
});

describe('the likeliest tokens', () => {
  test('are the first of all tokens in order, with their log-probabilities, however the vocabulary is cut', async () => {
    await fc.assert(fc.asyncProperty(fc.constantFrom(1, 3), fc.constantFrom(2, 64, 65, 200), fc.nat(), async (rows, vocabulary, nth) => {
      const k = 1 + nth % vocabulary;
      // Few different scores, so that there are equals.
      const logits = tf.round(tf.mul(randomTensor<tf.Rank.R2>([rows, vocabulary], 'logits'), 9)) as tf.Tensor2D;
      const numbers = await logits.array();
      for (const most of [FEW, MANY]) {
        const { ids, logProbs } = await likeliest(logits, itself(vocabulary), k, vocabulary, most);
        for (const [row, scores] of numbers.entries()) {
          const order = [...scores.keys()].sort((a, b) => (scores[b] as number) - (scores[a] as number) || a - b).slice(0, k);
          expect([...ids.subarray(row * k, row * k + k)]).toEqual(order);
          const sum = Math.log(scores.reduce((all, one) => all + Math.exp(one), 0));
          expectClose(logProbs.subarray(row * k, row * k + k), order.map((id) => (scores[id] as number) - sum), 1e-5);
        }
      }
    }), { numRuns: 20 });
  });

  test('are none that the tokenizer does not know, and leave no tensor behind', async () => {
    const logits = tf.tensor2d([[1, 2, 0, 9, 9]]);
    const { numTensors } = tf.memory();
    const { ids, logProbs } = await likeliest(logits, itself(5), 2, 3);
    expect([...ids]).toEqual([1, 0]);
    expect(logProbs[0]).toBeLessThan(-7);
    expect(tf.memory().numTensors).toBe(numTensors);
  });
});
