/** Linear maps of few normalised rows on WASM, where they are composed. */
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import * as composed from '../../../src/ops/linear/composed';
import { normedGated, normedLinear } from '../../../src/ops/few-rows/few-rows';
import { rmsNorm } from '../../../src/ops/norm/composed';
import { useWasm } from '../../support/backend';
import { expectClose } from '../../support/close';
import { randomTensor } from '../../support/gradient';
import { packedSchemes, randomPacked } from '../../support/packed';

beforeAll(useWasm);

const rows = fc.integer({ min: 0, max: 9 });
const inputs = fc.integer({ min: 1, max: 70 });
const outputs = fc.integer({ min: 1, max: 30 });
const scheme = fc.constantFrom('f32' as const, ...packedSchemes);
const epsilon = 1e-5;

describe('of a normalised input', () => {
  test('a linear map is that of the norm, from none to nine rows, of plain and packed weights', async () => {
    await fc.assert(fc.asyncProperty(rows, inputs, outputs, scheme, fc.boolean(), async (rows, inputs, outputs, scheme, isBiased) => {
      const x = randomTensor<tf.Rank.R2>([rows, inputs], 'x');
      const norm = { weight: tf.mul(randomTensor([inputs], 'norm'), 0.25), epsilon };
      const { packed, matrix } = randomPacked(scheme === 'f32' ? 'f16' : scheme, outputs, inputs);
      const weight = tf.transpose(matrix);
      const bias = isBiased ? randomTensor([outputs], 'bias') : undefined;
      const y = normedLinear(x, norm, scheme === 'f32' ? weight : packed, bias);
      expect(y.shape).toEqual([rows, outputs]);
      if (rows > 0) expectClose(await y.data(), await composed.linear(rmsNorm(x, norm.weight, epsilon), weight, { bias }).data(), 1e-5);
    }));
  });

  test('a gated map is that of the norm', async () => {
    await fc.assert(fc.asyncProperty(rows, inputs, outputs, scheme, async (rows, inputs, outputs, scheme) => {
      const x = randomTensor<tf.Rank.R2>([rows, inputs], 'x');
      const norm = { weight: tf.mul(randomTensor([inputs], 'norm'), 0.25), epsilon };
      const { packed, matrix } = randomPacked(scheme === 'f32' ? 'f16' : scheme, 2 * outputs, inputs);
      const weight = tf.transpose(matrix);
      const y = normedGated(x, norm, scheme === 'f32' ? weight : packed);
      expect(y.shape).toEqual([rows, outputs]);
      if (rows > 0) expectClose(await y.data(), await composed.gated(rmsNorm(x, norm.weight, epsilon), weight).data(), 1e-5);
    }));
  });

  test('either leaves nothing but its result behind', () => {
    const x = randomTensor<tf.Rank.R2>([3, 12], 'x');
    const norm = { weight: randomTensor([12], 'norm'), epsilon };
    const { packed, matrix } = randomPacked('int4', 6, 12);
    const weight = tf.transpose(matrix);
    const before = tf.memory().numTensors;
    for (const each of [weight, packed]) tf.dispose([normedLinear(x, norm, each), normedGated(x, norm, each)]);
    expect(tf.memory().numTensors).toBe(before);
  });
});
