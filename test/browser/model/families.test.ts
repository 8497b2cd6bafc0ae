/** Every family and option against transformers, on WebGPU and on WASM as browsers run them. */
import { beforeAll, describe, expect, test } from 'vitest';
import { openAdapter } from '../../../src/checkpoint/adapter';
import { httpSource } from '../../../src/checkpoint/http-source';
import { openCheckpoint } from '../../../src/checkpoint/open';
import { type Device, openDevice } from '../../../src/device/device';
import { applyAdapter } from '../../../src/model/adapter';
import { type Expected, expectSameContinuation, expectSameIds, gradientError, imageTokenError, logitError, oursOf } from '../../support/reference';
import { adapters, families } from '../../support/families';

const folder = '/test/fixtures';
const expectedOf = async (name: string, file: string) => await (await fetch(`${folder}/${name}/${file}`)).json() as Expected;

describe.each([['webgpu', 1e-3], ['wasm', 1e-4]] as const)('on %s', { timeout: 240_000 }, (backend, tolerance) => {
  let device: Device;
  // One device for all, since each compiles its shaders anew.
  beforeAll(async () => { device = await openDevice(backend); });

  test.each(families)('the checkpoint %s gives what the reference gives on the prompt %s', async (name, file) => {
    const ours = await oursOf(await openCheckpoint(`${folder}/${name}`), await expectedOf(name, file));
    expectSameIds(ours);
    expect(await imageTokenError(ours)).toBeLessThan(tolerance);
    expect(await logitError(ours)).toBeLessThan(tolerance);
    await expectSameContinuation(ours);
    expect(await gradientError(ours)).toBeLessThan(tolerance);
    device.check();
    ours.model.weights.dispose();
  });

  test.each(adapters)('the adapter %s gives what the reference gives', async (name) => {
    const expected = await expectedOf(name, 'expected.json');
    const ours = await oursOf(await openCheckpoint(`${folder}/${expected.base}`), expected, 'f32', async (model) =>
      applyAdapter(model, await openAdapter(httpSource(new URL(`${folder}/${name}`, location.href).href), model.config.family)));
    expect(await logitError(ours)).toBeLessThan(tolerance);
    await expectSameContinuation(ours);
    device.check();
    ours.model.weights.dispose();
  });
});
