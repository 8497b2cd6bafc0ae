/** Decoding on WebGPU, for both kinds of adapter: the cache, attention to it and sampling, against the composed form. */
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Device, openDevice } from '../../../src/device/device';
import { onDevice } from '../../../src/ops/decode/on-device';
import { type AdapterKind, chooseKernelsFor } from '../../../src/ops/webgpu-pass';
import {
  attentionInCompanies, decodeShapes, expectDecoding, expectSampling, sampled, samplings, sharesOf,
} from '../../support/decode';

let device: Device;
beforeAll(async () => { device = await openDevice('webgpu'); });
afterEach(() => { chooseKernelsFor(); });

const all = { temperature: 1, topK: 0, topP: 1 };
const logs = (...shares: number[]) => shares.map(Math.log);

// Shaders compile slowly on the software adapter.
describe.each<AdapterKind>(['software', 'hardware'])('for a %s adapter', { timeout: 240_000 }, (kind) => {
  test('a new token is turned and stored, and attends to the keys and values up to its own', async () => {
    chooseKernelsFor(kind);
    for (const shape of decodeShapes) await expectDecoding(shape);
    device.check();
  });

  test('a sequence gets the same to the bit alone and in company', async () => {
    chooseKernelsFor(kind);
    for (const shape of decodeShapes.slice(1, 3)) {
      const { together, alone } = await attentionInCompanies(shape);
      expect(together).toEqual(alone);
    }
  });

  test('sampling takes the tokens that the composed form takes', async () => {
    chooseKernelsFor(kind);
    for (const sampling of samplings) for (const vocabulary of [1, 3, 64, 257]) await expectSampling(vocabulary, sampling);
    device.check();
  });

  test('sampling finds thresholds in a large vocabulary', async () => {
    chooseKernelsFor(kind);
    await expectSampling(50_257, { temperature: 1, topK: 50, topP: 0.9 });
    await expectSampling(50_000, { temperature: 0.3, topK: 0, topP: 0.95 });
  });

  test('limits keep the lower ids of equals, and the share is of what the number leaves', async () => {
    chooseKernelsFor(kind);
    expect(await sharesOf(logs(0.2, 0.4, 0.1, 0.3), { ...all, topP: 0.6 }, 7)).toEqual([0, 4 / 7, 0, 3 / 7]);
    expect(await sharesOf(logs(0.2, 0.4, 0.1, 0.3), { ...all, topK: 2, topP: 0.5 }, 7)).toEqual([0, 1, 0, 0]);
    expect(await sharesOf([1, 1, 1, 1, 1], { ...all, topK: 2 }, 10)).toEqual([0.5, 0.5, 0, 0, 0]);
    expect(await sharesOf([1, 1, 1, 1, 1], { ...all, topP: 0.5 }, 9)).toEqual([1 / 3, 1 / 3, 1 / 3, 0, 0]);
    expect(await sharesOf([0, 2, -0, 0, 0], { temperature: 1e6, topK: 3, topP: 1 }, 9)).toEqual([1 / 3, 1 / 3, 1 / 3, 0, 0]);
  });

  test('sampling reaches the first and the last token, is greedy at the narrowest limits, and ends on what is not finite', async () => {
    chooseKernelsFor(kind);
    const row = [1, 2, 0.5];
    expect(await sampled([row, row, row, row], all, [0, 1e-30, 1 - 2 ** -24, 1])).toEqual([0, 0, 2, 2]);
    for (const limits of [{ topK: 1 }, { topP: 1e-6 }, { topP: 0 }]) expect(await sampled([row, row], { ...all, ...limits }, [0, 0.99])).toEqual([1, 1]);
    const { NaN: nan } = globalThis;
    const rows = [[nan, 1, nan, 5, nan], [nan, nan, nan, nan, nan], [-Infinity, Infinity, 0, nan, 1], [-Infinity, -Infinity, -Infinity, nan, nan]];
    for (const sampling of [all, { ...all, temperature: 0 }, { ...all, topK: 2 }, { temperature: 1e-30, topK: 3, topP: 0.9 }]) {
      expect(await sampled(rows, sampling, [0.999, 0.5, 0.5, 0.1])).toEqual([3, 0, 1, 0]);
    }
    device.check();
  });

  test('a row gets the same alone and in company, every time', async () => {
    chooseKernelsFor(kind);
    const rows = Array.from({ length: 5 }, (_, row) => Array.from({ length: 33 }, (_, id) => Math.sin(row * 40 + id) * 4));
    const draws = [0.1, 0.3, 0.5, 0.7, 0.9];
    const sampling = { temperature: 1.1, topK: 20, topP: 0.9 };
    const together = await sampled(rows, sampling, draws);
    expect(await sampled(rows, sampling, draws)).toEqual(together);
    const alone = [];
    for (const [i, row] of rows.entries()) alone.push(...await sampled([row], sampling, [draws[i] as number]));
    expect(alone).toEqual(together);
  });

  test('more rows than the device takes at once are refused with the limit\'s name', () => {
    chooseKernelsFor(kind);
    const logits = tf.fill([70_000, 1], 0);
    expect(() => onDevice().sample(logits, { ...all, temperature: 0 }, tf.tensor1d([])))
      .toThrow(expect.objectContaining({ code: 'device/limit', message: expect.stringContaining('maxComputeWorkgroupsPerDimension') }));
  });
});
