/** Attention on WebGPU, by the kernels for either kind of adapter, against its composed form. */
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Device, openDevice } from '../../../src/device/device';
import { attention, causal, everything } from '../../../src/ops/attention/attention';
import { attention as composed } from '../../../src/ops/attention/composed';
import type { AttentionShape, Mask } from '../../../src/ops/attention/kernels';
import { chooseKernelsFor, webGpuBackend } from '../../../src/ops/webgpu-pass';
import { expectClose } from '../../support/close';
import { expectGradients, randomTensor } from '../../support/gradient';

let device: Device;
beforeAll(async () => { device = await openDevice('webgpu'); });
afterEach(() => { chooseKernelsFor(); });

type Attention = typeof attention;

/** What is mixed, and the gradient of its product with numbers drawn at random. */
async function valuesAndGradient(form: Attention, qkv: tf.Tensor2D, shape: AttentionShape, mask: Mask): Promise<[Float32Array, Float32Array]> {
  const [mixed, dQkv] = tf.tidy(() => {
    const out = form(qkv, shape, mask);
    const dOut = randomTensor<tf.Rank.R2>(out.shape, 'dOut');
    return [out, tf.grad((x) => form(x as tf.Tensor2D, shape, mask))(qkv, dOut)];
  }) as [tf.Tensor, tf.Tensor];
  const numbers = await Promise.all([mixed.data<'float32'>(), dQkv.data<'float32'>()]);
  tf.dispose([mixed, dQkv]);
  return numbers as [Float32Array, Float32Array];
}

async function expectAsComposed(shape: AttentionShape, mask: Mask): Promise<void> {
  const qkv = jointFor(shape);
  const where = JSON.stringify({ ...shape, ...mask, lengths: mask.lengths && await mask.lengths.array() });
  const [mixed, gradient] = await valuesAndGradient(attention, qkv, shape, mask);
  const [expectedMixed, expectedGradient] = await valuesAndGradient(composed, qkv, shape, mask);
  expectClose(mixed, expectedMixed, 1e-5, `${where}: entry`);
  expectClose(gradient, expectedGradient, 1e-5, `${where}: gradient`);
  qkv.dispose();
}

/** The library's softmax is wrong so far out, so the composed form gets the first and the last sequences alone. */
async function expectEndsAsComposed(shape: AttentionShape, mask: Mask): Promise<void> {
  const { batch, tokens } = shape;
  const qkv = jointFor(shape);
  const dOut = randomTensor<tf.Rank.R2>([batch * tokens, shape.heads * shape.headDim], 'dOut');
  const [mixed, gradient] = await valuesAndGradient(attention, qkv, shape, mask);
  const few = 4;
  for (const first of [0, batch - few]) {
    const ends = (x: tf.Tensor2D): tf.Tensor2D => tf.slice2d(x, [first * tokens, 0], [few * tokens, -1]);
    const endsMask = { ...mask, lengths: mask.lengths && tf.slice1d(mask.lengths, first, few) };
    const form = (x: tf.Tensor): tf.Tensor => composed(x as tf.Tensor2D, { ...shape, batch: few }, endsMask);
    for (const [actual, expected, what] of [[mixed, form(ends(qkv)), 'entry'], [gradient, tf.grad(form)(ends(qkv), ends(dOut)), 'gradient']] as const) {
      const numbers = await expected.data();
      const from = first * numbers.length / few;
      expectClose(actual.subarray(from, from + numbers.length), numbers, 1e-5, `from sequence ${first}, ${what}`);
    }
  }
  device.check();
}

function jointFor({ batch, tokens, heads, kvHeads, headDim }: AttentionShape): tf.Tensor2D {
  return randomTensor<tf.Rank.R2>([batch * tokens, (heads + 2 * kvHeads) * headDim], 'qkv', headDim);
}

function padded(mask: Mask, lengths: number[]): Mask {
  return { ...mask, lengths: tf.tensor1d(lengths, 'int32') };
}

/** Shaders compile slowly on the software adapter, and each size of a head has its own. */
describe.each(['software', 'hardware'] as const)('attention for a %s adapter', { timeout: 240_000 }, (kind) => {
  test.each([2, 6, 16, 32, 64, 80])('equals its composed form with heads of %i, whoever sees whom', async (headDim) => {
    chooseKernelsFor(kind);
    await expectAsComposed({ batch: 2, tokens: 33, heads: 2, kvHeads: 2, headDim }, causal());
    await expectAsComposed({ batch: 2, tokens: 7, heads: 4, kvHeads: 2, headDim }, everything);
    await expectAsComposed({ batch: 1, tokens: 65, heads: 3, kvHeads: 1, headDim }, causal(5));
    await expectAsComposed({ batch: 3, tokens: 33, heads: 2, kvHeads: 1, headDim }, padded(everything, [0, 33, 10]));
    await expectAsComposed({ batch: 1, tokens: 1, heads: 1, kvHeads: 1, headDim }, causal());
    device.check();
  });

  test('equals its composed form over random shapes, windows and lengths', async () => {
    chooseKernelsFor(kind);
    await fc.assert(fc.asyncProperty(
      fc.record({ batch: fc.integer({ min: 1, max: 3 }), tokens: fc.integer({ min: 1, max: 70 }), kvHeads: fc.integer({ min: 1, max: 3 }) }),
      fc.integer({ min: 1, max: 3 }), fc.constantFrom(6, 16), fc.option(fc.integer({ min: 1, max: 80 })), fc.boolean(), fc.boolean(),
      async ({ batch, tokens, kvHeads }, shared, headDim, window, isCausal, isPadded) => {
        const mask = isCausal ? causal(window ?? Infinity) : everything;
        const lengths = Array.from({ length: batch }, (_, i) => (tokens * (i + 1) * 7) % (tokens + 1));
        await expectAsComposed({ batch, tokens, heads: kvHeads * shared, kvHeads, headDim }, isPadded ? padded(mask, lengths) : mask);
      },
    ), { numRuns: 12 });
  });

  test('has a gradient that agrees with finite differences', async () => {
    chooseKernelsFor(kind);
    const shape = { batch: 2, tokens: 3, heads: 2, kvHeads: 1, headDim: 6 };
    await expectGradients((qkv) => attention(qkv as tf.Tensor2D, shape, causal()), [jointFor(shape)]);
  });

  test('gives a query that sees no key zeros, and padding neither weight nor gradient', async () => {
    chooseKernelsFor(kind);
    const shape = { batch: 2, tokens: 7, heads: 2, kvHeads: 1, headDim: 6 };
    const mask = padded(causal(3), [0, 2]);
    const [mixed, gradient] = await valuesAndGradient(attention, jointFor(shape), shape, mask);
    expect(mixed.subarray(0, 7 * 12).every((x) => x === 0)).toBe(true);
    // Of the second sequence, tokens 5 and 6 look back at padding alone.
    expect(mixed.subarray(12 * 12).every((x) => x === 0)).toBe(true);
    const [width, fromKeys] = [24, 12];
    for (const row of [0, 6, 9, 13]) {
      expect(gradient.subarray(row * width + fromKeys, (row + 1) * width).every((x) => x === 0), `row ${row}`).toBe(true);
    }
  });

  test('holds scores far apart without overflow', async () => {
    chooseKernelsFor(kind);
    const shape = { batch: 1, tokens: 33, heads: 1, kvHeads: 1, headDim: 16 };
    const qkv = tf.mul(jointFor(shape), 100) as tf.Tensor2D;
    const [mixed] = await valuesAndGradient(attention, qkv, shape, causal());
    const [expected] = await valuesAndGradient(composed, qkv, shape, causal());
    // Scores of some thousands have an ulp of 2^-12, which their exponentials take over.
    expectClose(mixed, expected, 2e-3);
  });

  test('is right beyond 65,535 rows of scores', async () => {
    chooseKernelsFor(kind);
    await expectEndsAsComposed({ batch: 2100, tokens: 32, heads: 1, kvHeads: 1, headDim: 6 }, causal());
  });

  test('is right where there are more workgroups than fit along one side of a dispatch', async () => {
    chooseKernelsFor(kind);
    // 65,536 workgroups take minutes on the software adapter; a device that allows few comes to it sooner.
    const limit = vi.spyOn(webGpuBackend().device.limits, 'maxComputeWorkgroupsPerDimension', 'get').mockReturnValue(12);
    try {
      await expectEndsAsComposed({ batch: 60, tokens: 33, heads: 1, kvHeads: 1, headDim: 6 }, causal());
      expect(limit).toHaveBeenCalled();
    } finally {
      limit.mockRestore();
    }
  });

  test('gives the same bits twice', async () => {
    chooseKernelsFor(kind);
    const shape = { batch: 2, tokens: 65, heads: 4, kvHeads: 2, headDim: 16 };
    const qkv = jointFor(shape);
    const once = await valuesAndGradient(attention, qkv, shape, causal(40));
    expect(await valuesAndGradient(attention, qkv, shape, causal(40))).toEqual(once);
  });

  test('takes an empty batch, and leaves no tensor behind', async () => {
    chooseKernelsFor(kind);
    for (const batch of [0, 2]) {
      const shape = { batch, tokens: 7, heads: 2, kvHeads: 1, headDim: 6 };
      const qkv = jointFor(shape);
      const before = tf.memory().numTensors;
      const [mixed, gradient] = await valuesAndGradient(attention, qkv, shape, causal());
      expect([mixed.length, gradient.length]).toEqual([batch * 7 * 12, batch * 7 * 24]);
      expect(tf.memory().numTensors).toBe(before);
    }
    device.check();
  });
});
