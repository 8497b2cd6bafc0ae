/** Linear maps of few normalised rows on WebGPU, by the kernels for either kind of adapter, against stock operations. */
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Device, openDevice } from '../../../src/device/device';
import * as composed from '../../../src/ops/linear/composed';
import { type Norm, normedGated, normedLinear } from '../../../src/ops/few-rows/few-rows';
import { rmsNorm } from '../../../src/ops/norm/composed';
import type { PackedMatrix } from '../../../src/ops/packed/matrix';
import { type AdapterKind, chooseKernelsFor } from '../../../src/ops/webgpu-pass';
import { expectClose } from '../../support/close';
import { randomTensor } from '../../support/gradient';
import { packedSchemes, randomPacked } from '../../support/packed';

let device: Device;
beforeAll(async () => { device = await openDevice('webgpu'); });
afterEach(() => {
  chooseKernelsFor();
  vi.restoreAllMocks();
});

/** Rows, inputs, outputs: single, odd, of fours, of whole groups, several workgroups, and one row too many. */
const shapes = [[1, 1, 1], [1, 64, 36], [1, 17, 5], [8, 32, 68], [3, 33, 9], [7, 300, 20], [9, 40, 8]] as const;

// Shaders compile slowly on the software adapter.
describe.each<AdapterKind>(['hardware', 'software'])('of few rows, with the kernels for %s', { timeout: 270_000 }, (kind) => {
  test.each(['f32', ...packedSchemes] as const)('a linear map of the norm is that of stock operations: %s', async (scheme) => {
    chooseKernelsFor(kind);
    for (const [i, [rows, inputs, outputs]] of shapes.entries()) {
      const { x, norm } = normed(rows, inputs);
      const { weight, matrix } = weights(scheme, inputs, outputs);
      const bias = i % 2 === 0 ? randomTensor([outputs], 'bias') : undefined;
      const y = normedLinear(x, norm, weight, bias);
      expect(y.shape).toEqual([rows, outputs]);
      const expected = composed.linear(rmsNorm(x, norm.weight, norm.epsilon), matrix, { bias });
      expectClose(await y.data(), await expected.data(), 1e-5, `${rows} x ${inputs} x ${outputs}, entry`);
    }
    device.check();
  });

  test.each(['f32', ...packedSchemes] as const)('a gated map of the norm is that of stock operations: %s', async (scheme) => {
    chooseKernelsFor(kind);
    for (const [rows, inputs, outputs] of shapes) {
      const { x, norm } = normed(rows, inputs);
      const { weight, matrix } = weights(scheme, inputs, 2 * outputs);
      const y = normedGated(x, norm, weight);
      expect(y.shape).toEqual([rows, outputs]);
      const expected = composed.gated(rmsNorm(x, norm.weight, norm.epsilon), matrix);
      expectClose(await y.data(), await expected.data(), 1e-5, `${rows} x ${inputs} x ${outputs}, entry`);
    }
    device.check();
  });

  test('either is one dispatch', () => {
    chooseKernelsFor(kind);
    for (const scheme of ['f32', 'int4'] as const) {
      for (const rows of [1, 8]) {
        const { x, norm } = normed(rows, 40);
        const [{ weight }, bias] = [weights(scheme, 40, 8), randomTensor([8], 'bias')];
        const dispatches = vi.spyOn(GPUComputePassEncoder.prototype, 'dispatchWorkgroups');
        normedLinear(x, norm, weight, bias).dispose();
        normedGated(x, norm, weight).dispose();
        expect(dispatches).toHaveBeenCalledTimes(2);
        dispatches.mockRestore();
      }
    }
  });

  test('two runs agree to the bit', async () => {
    chooseKernelsFor(kind);
    const { x, norm } = normed(3, 333);
    for (const scheme of ['f32', 'int8'] as const) {
      const { weight } = weights(scheme, 333, 40);
      const run = async (): Promise<ArrayLike<number>[]> => [await normedLinear(x, norm, weight).data(), await normedGated(x, norm, weight).data()];
      expect(await run()).toEqual(await run());
    }
  });
});

test('no rows give none, and nothing is left behind', async () => {
  const { norm } = normed(1, 12);
  const [x, { weight }, { weight: packed }] = [tf.zeros<tf.Rank.R2>([0, 12]), weights('f32', 12, 6), weights('int4', 12, 6)];
  const before = tf.memory().numTensors;
  for (const each of [weight, packed]) {
    const [y, out] = [normedLinear(x, norm, each), normedGated(x, norm, each)];
    expect([y.shape, out.shape, (await y.data()).length]).toEqual([[0, 6], [0, 3], 0]);
    tf.dispose([y, out]);
  }
  expect(tf.memory().numTensors).toBe(before);
});

test('what the device cannot hold is refused before anything is allocated', () => {
  const { x, norm } = normed(8, 12);
  const { weight } = weights('f32', 12, 80);
  vi.spyOn(GPUSupportedLimits.prototype, 'maxStorageBufferBindingSize', 'get').mockReturnValue(1024);
  const before = tf.memory().numBytes;
  expect(() => normedLinear(x, norm, weight)).toThrow(expect.objectContaining({ code: 'device/limit' }));
  expect(() => normedGated(x, norm, weight)).toThrow(expect.objectContaining({ code: 'device/limit' }));
  expect(tf.memory().numBytes).toBe(before);
});

/** A norm of numbers well below 1, so that gates and ups stay near it: what rounding does to them is multiplied by the other. */
function normed(rows: number, inputs: number): { x: tf.Tensor2D; norm: Norm } {
  const weight = tf.tidy(() => tf.mul(randomTensor([inputs], 'norm'), 0.25));
  return { x: randomTensor<tf.Rank.R2>([rows, inputs], 'x'), norm: { weight, epsilon: 1e-5 } };
}

/** A weight as the maps take it, and what it stands for, `[inputs, outputs]`. */
function weights(scheme: 'f32' | PackedMatrix['scheme'], inputs: number, outputs: number): { weight: tf.Tensor | PackedMatrix; matrix: tf.Tensor2D } {
  if (scheme === 'f32') {
    const matrix = randomTensor<tf.Rank.R2>([inputs, outputs], 'weight');
    return { weight: matrix, matrix };
  }
  const { packed, matrix } = randomPacked(scheme, outputs, inputs);
  return { weight: packed, matrix: tf.transpose(matrix) };
}
