import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { attention, causal, everything } from '../../../src/ops/attention/attention';
import { attention as composed } from '../../../src/ops/attention/composed';
import type { AttentionShape, Mask } from '../../../src/ops/attention/kernels';
import { kernels } from '../../../src/ops/wasm/kernels';
import { useWasm } from '../../support/backend';
import { expectClose } from '../../support/close';
import { expectGradients, randomTensor } from '../../support/gradient';

beforeAll(useWasm);

/** Threads, of which Node has none, one after the other: every part is made up before the first runs. */
const threads = vi.hoisted(() => ({ parts: 1 }));
vi.mock('../../../src/ops/wasm/threads', () => ({
  inParallel: (kernel: string, count: number, _grain: number, run: (from: number, to: number) => number[]): void => {
    const bound = (part: number): number => Math.floor(part * count / threads.parts);
    const calls = Array.from({ length: threads.parts }, (_, part) => run(bound(part), bound(part + 1)));
    for (const values of calls.reverse()) kernels<Record<string, (...values: number[]) => void>>()[kernel]?.(...values);
  },
}));

type Attention = (qkv: tf.Tensor2D, shape: AttentionShape, mask: Mask) => tf.Tensor2D;

/** Attention as one would explain it on a blackboard. */
function blackboard(
  qkv: number[][], { batch, tokens, heads, kvHeads, headDim }: AttentionShape, sees: (b: number, i: number, j: number) => boolean,
): number[] {
  const to = (length: number): number[] => [...Array(length).keys()];
  const headOf = (b: number, token: number, head: number): number[] =>
    (qkv[b * tokens + token] as number[]).slice(head * headDim, (head + 1) * headDim);
  return to(batch).flatMap((b) => to(tokens).flatMap((i) => to(heads).flatMap((h) => {
    const key = heads + Math.floor(h / (heads / kvHeads));
    const query = headOf(b, i, h);
    const seen = to(tokens).filter((j) => sees(b, i, j));
    const weights = seen.map((j) => Math.exp(dot(query, headOf(b, j, key)) / Math.sqrt(headDim)));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return query.map((_, d) => dot(weights, seen.map((j) => headOf(b, j, key + kvHeads)[d] as number)) / total);
  })));
}

function dot(a: number[], b: number[]): number {
  return a.reduce((sum, x, i) => sum + x * (b[i] as number), 0);
}

function joint({ batch, tokens, heads, kvHeads, headDim }: AttentionShape, ...key: (string | number)[]): tf.Tensor2D {
  return randomTensor<tf.Rank.R2>([batch * tokens, (heads + 2 * kvHeads) * headDim], 'qkv', ...key);
}

/** What attention gives, and the gradient of a random projection of it. */
async function valueAndGradient(op: Attention, qkv: tf.Tensor2D, shape: AttentionShape, mask: Mask): Promise<Float32Array[]> {
  const { value, grads } = tf.valueAndGrads((x) => {
    const out = op(x as tf.Tensor2D, shape, mask);
    return tf.sum(tf.mul(out, randomTensor<tf.Rank.R2>(out.shape, 'dy'))) as tf.Scalar;
  })([qkv]);
  value.dispose();
  return await Promise.all([op(qkv, shape, mask).data(), (grads[0] as tf.Tensor).data()]) as Float32Array[];
}

async function expectComposed(shape: AttentionShape, mask: Mask): Promise<void> {
  const qkv = joint(shape);
  const [value, gradient] = await valueAndGradient(attention, qkv, shape, mask) as [Float32Array, Float32Array];
  const [expected, expectedGradient] = await valueAndGradient(composed, qkv, shape, mask) as [Float32Array, Float32Array];
  expectClose(value, expected, 1e-5, 'mixed');
  expectClose(gradient, expectedGradient, 1e-5, 'gradient');
}

const shapes = fc.record({
  batch: fc.integer({ min: 1, max: 3 }),
  tokens: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.constantFrom(31, 32, 33, 65, 70)),
  kvHeads: fc.integer({ min: 1, max: 3 }),
  shared: fc.integer({ min: 1, max: 3 }),
  headDim: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.constantFrom(16, 17, 33)),
}).map(({ shared, ...shape }): AttentionShape => ({ ...shape, heads: shape.kvHeads * shared }));

const withLengths = fc.record({
  shape: shapes,
  mask: fc.oneof(fc.constant(everything), fc.constant(causal()), fc.integer({ min: 1, max: 40 }).map(causal)),
}).chain(({ shape, mask }) => fc.record({
  shape: fc.constant(shape),
  mask: fc.constant(mask),
  lengths: fc.option(fc.array(fc.integer({ min: 0, max: shape.tokens }), { minLength: shape.batch, maxLength: shape.batch })),
}));

describe('attention equals', () => {
  test('the composed form, values and gradients, over odd shapes, groups, windows and lengths', async () => {
    await fc.assert(fc.asyncProperty(withLengths, async ({ shape, mask, lengths }) => {
      tf.engine().startScope();
      await expectComposed(shape, lengths ? { ...mask, lengths: tf.tensor1d(lengths, 'int32') } : mask);
      tf.engine().endScope();
    }), { numRuns: 60 });
  });

  test.each([
    ['causal', causal(), 130],
    ['causal, of a window', causal(37), 130],
    ['bidirectional', everything, 130],
  ])('the composed form over more than one block: %s', async (_, mask, tokens) => {
    await expectComposed({ batch: 2, tokens, heads: 6, kvHeads: 2, headDim: 20 }, mask);
  });

  test('the blackboard', async () => {
    const shape = { batch: 2, tokens: 9, heads: 4, kvHeads: 2, headDim: 5 };
    const qkv = joint(shape);
    const lengths = tf.tensor1d([9, 6], 'int32');
    const rows = await qkv.array();
    const length = (b: number): number => [9, 6][b] as number;
    const expected = blackboard(rows, shape, (b, i, j) => j <= i && i - j < 4 && j < length(b));
    expectClose(await attention(qkv, shape, { ...causal(4), lengths }).data(), expected, 1e-5);
    expectClose(await attention(qkv, shape, { ...everything, lengths }).data(), blackboard(rows, shape, (b, _, j) => j < length(b)), 1e-5);
  });
});

test('attention has gradients that agree with finite differences', async () => {
  const shape = { batch: 2, tokens: 5, heads: 4, kvHeads: 2, headDim: 3 };
  const lengths = tf.tensor1d([5, 3], 'int32');
  await expectGradients((qkv) => attention(qkv as tf.Tensor2D, shape, causal()), [joint(shape, 1)]);
  await expectGradients((qkv) => attention(qkv as tf.Tensor2D, shape, { ...everything, lengths }), [joint(shape, 2)]);
});

test('a query that sees no key gets zeros, and gives none', async () => {
  const shape = { batch: 2, tokens: 11, heads: 2, kvHeads: 1, headDim: 6 };
  const mask = { ...everything, lengths: tf.tensor1d([0, 11], 'int32') };
  const [value, gradient] = await valueAndGradient(attention, joint(shape), shape, mask) as [Float32Array, Float32Array];
  expect(new Set(value.slice(0, value.length / 2))).toEqual(new Set([0]));
  expect(new Set(gradient.slice(0, gradient.length / 2).map(Math.abs))).toEqual(new Set([0]));
  expect(value.slice(value.length / 2).every((x) => x !== 0)).toBe(true);
});

test('what is hidden has no influence, were it infinite', async () => {
  const shape = { batch: 1, tokens: 10, heads: 2, kvHeads: 2, headDim: 4 };
  const rows = await joint(shape).array();
  const spoilt = rows.map((row, i) => i < 7 ? row : row.map((x, d) => d < 8 ? x : NaN));
  const mask = { ...everything, lengths: tf.tensor1d([7], 'int32') };
  expect(await attention(tf.tensor2d(spoilt), shape, mask).data()).toEqual(await attention(tf.tensor2d(rows), shape, mask).data());
});

test('scores as far apart as floats reach make no overflow, and what is not a number is not hidden', async () => {
  const shape = { batch: 1, tokens: 4, heads: 1, kvHeads: 1, headDim: 1 };
  const one = tf.tensor2d([[1e18, 1e18, 1], [1e18, -1e18, 2], [1e18, 0, 3], [-1e18, 0, 4]]);
  expect([...await attention(one, shape, everything).data()]).toEqual([1, 1, 1, 2]);
  const spoilt = tf.tensor2d([[NaN, 1, 1], [1, 1, 2], [1, 1, 3], [1, 1, 4]]);
  expect([...await attention(spoilt, shape, everything).data()]).toEqual([NaN, 2.5, 2.5, 2.5]);
});

test('an empty batch gives an empty result and gradient', async () => {
  const shape = { batch: 0, tokens: 5, heads: 2, kvHeads: 1, headDim: 4 };
  const qkv = tf.zeros<tf.Rank.R2>([0, 16]);
  expect(attention(qkv, shape, causal()).shape).toEqual([0, 8]);
  expect(tf.grad((x) => tf.sum(attention(x as tf.Tensor2D, shape, causal())))(qkv).shape).toEqual([0, 16]);
});

test('the result is the same to the bit however heads are shared out', async () => {
  const shape = { batch: 3, tokens: 37, heads: 6, kvHeads: 2, headDim: 9 };
  const qkv = joint(shape);
  const whole = await valueAndGradient(attention, qkv, shape, causal());
  for (threads.parts of [2, 5]) expect(await valueAndGradient(attention, qkv, shape, causal())).toEqual(whole);
  threads.parts = 1;
});

test('two runs agree to the bit, and no memory stays behind', async () => {
  const shape = { batch: 2, tokens: 45, heads: 6, kvHeads: 3, headDim: 10 };
  const qkv = joint(shape);
  const first = await valueAndGradient(attention, qkv, shape, causal());
  expect(await valueAndGradient(attention, qkv, shape, causal())).toEqual(first);
  const before = tf.memory().numTensors;
  tf.tidy(() => { tf.grad((x) => tf.sum(attention(x as tf.Tensor2D, shape, causal())))(qkv); });
  expect(tf.memory().numTensors).toBe(before);
});
