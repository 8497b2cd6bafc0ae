import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, expect, test, vi } from 'vitest';
import type { Heads } from '../../../src/ops/attention/kernels';
import { rotary as composed } from '../../../src/ops/rotary/composed';
import type { Turns } from '../../../src/ops/rotary/kernels';
import { rotary, tableOf } from '../../../src/ops/rotary/rotary';
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

const frequencies = (headDim: number, theta = 1000): number[] => Array.from({ length: headDim / 2 }, (_, i) => theta ** (-2 * i / headDim));

function turnsOf(positions: number[], headDim: number): Turns {
  return { ...tableOf(Math.max(0, ...positions) + 1, frequencies(headDim)), positions: tf.tensor1d(positions, 'int32') };
}

function joint(rows: number, { heads, kvHeads, headDim }: Heads): tf.Tensor2D {
  return randomTensor<tf.Rank.R2>([rows, (heads + 2 * kvHeads) * headDim], 'qkv');
}

test('every pair of a query or key is turned by its own angle, first half with second half, and values stay', async () => {
  const positions = [0, 1, 7, 300];
  const heads = { heads: 2, kvHeads: 1, headDim: 6 };
  const qkv = joint(positions.length, heads);
  const expected = (await qkv.array()).flatMap((row, i) => row.map((x, at) => {
    if (at >= 18) return x;
    const pair = at % 3;
    const angle = (positions[i] as number) * 1000 ** (-2 * pair / 6);
    const other = at % 6 < 3 ? -(row[at + 3] as number) : row[at - 3] as number;
    return x * Math.cos(angle) + other * Math.sin(angle);
  }));
  expectClose(await rotary(qkv, turnsOf(positions, 6), heads).data(), expected, 1e-5);
});

test('the rotation equals the composed form, values and gradients, over odd shapes', async () => {
  await fc.assert(fc.asyncProperty(
    fc.array(fc.nat(50), { minLength: 1, maxLength: 9 }), fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 3 }),
    fc.integer({ min: 1, max: 17 }), async (positions, shared, kvHeads, half) => {
      tf.engine().startScope();
      const heads = { heads: shared * kvHeads, kvHeads, headDim: 2 * half };
      const turns = turnsOf(positions, 2 * half);
      const qkv = joint(positions.length, heads);
      const dy = tf.neg(qkv);
      const gradient = (op: typeof rotary): tf.Tensor => tf.grad((x) => op(x as tf.Tensor2D, turns, heads))(qkv, dy);
      expectClose(await rotary(qkv, turns, heads).data(), await composed(qkv, turns, heads).data(), 1e-6);
      expectClose(await gradient(rotary).data(), await gradient(composed).data(), 1e-6, 'gradient');
      tf.engine().endScope();
    }), { numRuns: 30 });
});

test('position 0 is left as it is, to the bit', async () => {
  const heads = { heads: 2, kvHeads: 1, headDim: 10 };
  const qkv = joint(2, heads);
  expect(await rotary(qkv, turnsOf([0, 0], 10), heads).data()).toEqual(await qkv.data());
});

test('the rotation has a gradient that agrees with finite differences', async () => {
  const heads = { heads: 2, kvHeads: 1, headDim: 4 };
  await expectGradients((x) => rotary(x as tf.Tensor2D, turnsOf([3, 5], 4), heads), [joint(2, heads)]);
});

test('the result is the same to the bit however rows are shared out', async () => {
  const heads = { heads: 3, kvHeads: 1, headDim: 10 };
  const [qkv, turns] = [joint(7, heads), turnsOf([0, 5, 2, 9, 1, 3, 3], 10)];
  const whole = await rotary(qkv, turns, heads).data();
  for (threads.parts of [2, 5]) expect(await rotary(qkv, turns, heads).data()).toEqual(whole);
  threads.parts = 1;
});

test('no rows are turned to no rows', () => {
  const heads = { heads: 2, kvHeads: 1, headDim: 4 };
  expect(rotary(tf.zeros([0, 16]), { ...tableOf(3, [1, 0.1]), positions: tf.tensor1d([], 'int32') }, heads).shape).toEqual([0, 16]);
});
