/** Every family and option against transformers, on WebGPU and on WASM as browsers run them. */
import { describe, expect, test } from 'vitest';
import { openCheckpoint } from '../../../src/checkpoint/open';
import { openDevice } from '../../../src/device/device';
import { type Expected, expectSameContinuation, expectSameIds, gradientError, imageTokenError, logitError, oursOf } from '../../support/reference';
import { families } from '../../support/families';

const folder = '/test/fixtures';
const expectedOf = async (name: string, file: string) => await (await fetch(`${folder}/${name}/${file}`)).json() as Expected;

// Shaders compile slowly on the software adapter.
describe.each([['webgpu', 1e-3], ['wasm', 1e-4]] as const)('on %s', { timeout: 240_000 }, (backend, tolerance) => {
  test.each(families)('the checkpoint %s gives what the reference gives on the prompt %s', async (name, file) => {
    const device = await openDevice(backend);
    const ours = await oursOf(await openCheckpoint(`${folder}/${name}`), await expectedOf(name, file));
    expectSameIds(ours);
    expect(await imageTokenError(ours)).toBeLessThan(tolerance);
    expect(await logitError(ours)).toBeLessThan(tolerance);
    expect(await gradientError(ours)).toBeLessThan(tolerance);
    await expectSameContinuation(ours);
    device.check();
    ours.model.weights.dispose();
  });
});
