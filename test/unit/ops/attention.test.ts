import type * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, test } from 'vitest';
import { attention, causalMask } from '../../../src/ops/attention';
import { useWasm } from '../../support/backend';
import { expectClose } from '../../support/close';
import { expectGradients, randomTensor } from '../../support/gradient';

beforeAll(useWasm);
type Heads = number[][][][];

/** Attention as one would explain it on a blackboard. */
function oracle(q: Heads, k: Heads, v: Heads, visible: (query: number, key: number) => boolean): number[] {
  return q.flatMap((sequence, b) => sequence.flatMap((head, h) => head.flatMap((query, i) => {
    const kv = Math.floor(h * (k[b] as number[][][]).length / sequence.length);
    const keys = k[b]?.[kv] as number[][];
    const scores = keys.map((key, j) => visible(i, j) ? key.reduce((sum, x, d) => sum + x * (query[d] as number), 0) / Math.sqrt(query.length) : -Infinity);
    const top = Math.max(...scores);
    const exps = scores.map((score) => Math.exp(score - top));
    const total = exps.reduce((a, b2) => a + b2, 0);
    return query.map((_, d) => exps.reduce((sum, e, j) => sum + e / total * ((v[b]?.[kv]?.[j] as number[])[d] as number), 0));
  })));
}

const size = fc.integer({ min: 1, max: 5 });

test('grouped causal attention is what the blackboard says, over odd shapes', async () => {
  await fc.assert(fc.asyncProperty(size, size, size, fc.integer({ min: 1, max: 9 }), size, async (batch, kvHeads, group, tokens, headDim) => {
    const q = randomTensor<tf.Rank.R4>([batch, kvHeads * group, tokens, headDim], 'q', group);
    const k = randomTensor<tf.Rank.R4>([batch, kvHeads, tokens, headDim], 'k', tokens);
    const v = randomTensor<tf.Rank.R4>([batch, kvHeads, tokens, headDim], 'v', batch);
    const expected = oracle(await q.array(), await k.array(), await v.array(), (i, j) => j <= i);
    expectClose(await attention(q, k, v, causalMask(tokens)).data(), expected, 1e-5);
  }), { numRuns: 25 });
});

test('without a mask every query sees every key, of which there may be more', async () => {
  const q = randomTensor<tf.Rank.R4>([2, 4, 1, 3], 'q');
  const k = randomTensor<tf.Rank.R4>([2, 2, 7, 3], 'k');
  const v = randomTensor<tf.Rank.R4>([2, 2, 7, 3], 'v');
  expectClose(await attention(q, k, v).data(), oracle(await q.array(), await k.array(), await v.array(), () => true), 1e-5);
});

test('attention has gradients that agree with finite differences', async () => {
  await expectGradients((q, k, v) => attention(q as tf.Tensor4D, k as tf.Tensor4D, v as tf.Tensor4D, causalMask(5)),
    [randomTensor([2, 4, 5, 3], 1), randomTensor([2, 2, 5, 3], 2), randomTensor([2, 2, 5, 3], 3)]);
});
