/** Normalisation on WebGPU, for both kinds of adapter, against its composed form. */
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Device, openDevice } from '../../../src/device/device';
import * as composed from '../../../src/ops/norm/composed';
import { forkRmsNorm, layerNorm, rmsNorm } from '../../../src/ops/norm/norm';
import { type AdapterKind, chooseKernelsFor } from '../../../src/ops/webgpu-pass';
import { expectClose } from '../../support/close';
import { randomTensor } from '../../support/gradient';

let device: Device;
beforeAll(async () => { device = await openDevice('webgpu'); });
afterEach(() => { chooseKernelsFor(); });

type Norm = (...inputs: tf.Tensor[]) => tf.Tensor;
const EPSILON = 1e-5;
const norms: Record<string, { ours: Norm; theirs: Norm; parameters: number }> = {
  rmsNorm: {
    ours: (x, w) => rmsNorm(x as tf.Tensor2D, w as tf.Tensor, EPSILON),
    theirs: (x, w) => composed.rmsNorm(x as tf.Tensor2D, w as tf.Tensor, EPSILON),
    parameters: 1,
  },
  // Its two results in one, so that a gradient comes past the norm.
  forkRmsNorm: {
    ours: (x, w) => tf.add(...forkRmsNorm(x as tf.Tensor2D, w as tf.Tensor, EPSILON)),
    theirs: (x, w) => tf.add(x as tf.Tensor, composed.rmsNorm(x as tf.Tensor2D, w as tf.Tensor, EPSILON)),
    parameters: 1,
  },
  layerNorm: {
    ours: (x, w, b) => layerNorm(x as tf.Tensor2D, w as tf.Tensor, b as tf.Tensor, EPSILON),
    theirs: (x, w, b) => composed.layerNorm(x as tf.Tensor2D, w as tf.Tensor, b as tf.Tensor, EPSILON),
    parameters: 2,
  },
};
/** One number, odd, whole fours, more than a workgroup takes at once, many rows. */
const shapes = [[1, 1], [3, 17], [5, 12], [65, 33], [2, 300], [130, 8]] as const;

describe.each<AdapterKind>(['software', 'hardware'])('for a %s adapter', { timeout: 240_000 }, (kind) => {
  test.each(Object.keys(norms))('%s and its gradients are those of its composed form', async (name) => {
    const { ours, theirs, parameters } = norms[name] as (typeof norms)[string];
    for (const [rows, hidden] of shapes) {
      chooseKernelsFor(kind);
      const inputs = inputsOf(rows, hidden, parameters);
      const [values, expected] = [await valueAndGradients(ours, inputs), await valueAndGradients(theirs, inputs)];
      for (const [i, value] of values.entries()) expectClose(value, expected[i] as Float32Array, 1e-5, `${name} ${rows} x ${hidden}, ${i}, entry`);
    }
    device.check();
  });

  test.each(Object.keys(norms))('%s gives the same bits twice', async (name) => {
    chooseKernelsFor(kind);
    const { ours, parameters } = norms[name] as (typeof norms)[string];
    const inputs = inputsOf(70, 20, parameters);
    expect(await valueAndGradients(ours, inputs)).toEqual(await valueAndGradients(ours, inputs));
  });

  test.each(Object.keys(norms))('%s of no rows is empty, and its parameters get gradients of zero', async (name) => {
    chooseKernelsFor(kind);
    const { ours, parameters } = norms[name] as (typeof norms)[string];
    const [value, dx, ...others] = await valueAndGradients(ours, inputsOf(0, 6, parameters));
    expect([value, dx]).toEqual([new Float32Array(0), new Float32Array(0)]);
    expect(others).toEqual(Array.from({ length: parameters }, () => new Float32Array(6)));
  });

  test('takes more rows than there are workgroups one way', async () => {
    chooseKernelsFor(kind);
    const rows = 66_000;
    const normed = await rmsNorm(tf.ones([rows, 1]), tf.tensor1d([3]), EPSILON).data();
    expect(normed.every((y) => Math.abs(y - 3) < 1e-4)).toBe(true);
    device.check();
  });
});

test('a fork takes one dispatch each way, the sum with what comes past the norm included', () => {
  const inputs = inputsOf(4, 8, 1);
  const dispatches = vi.spyOn(GPUComputePassEncoder.prototype, 'dispatchWorkgroups');
  tf.tidy(() => tf.grads(norms.forkRmsNorm?.ours as Norm)(inputs, tf.ones([4, 8])));
  // One more is the library's: the sum of the two results.
  expect(dispatches.mock.calls.length).toBe(2 + 1);
  dispatches.mockRestore();
});

test('leaves no tensor behind', async () => {
  const inputs = inputsOf(4, 8, 1);
  await valueAndGradients(norms.forkRmsNorm?.ours as Norm, inputs);
  const { numTensors } = tf.memory();
  for (let i = 0; i < 5; i++) await valueAndGradients(norms.forkRmsNorm?.ours as Norm, inputs);
  expect(tf.memory().numTensors).toBe(numTensors);
});

function inputsOf(rows: number, hidden: number, parameters: number): tf.Tensor[] {
  return [randomTensor([rows, hidden], 'x'), ...Array.from({ length: parameters }, (_, i) => randomTensor([hidden], 'parameter', i))];
}

async function valueAndGradients(norm: Norm, inputs: tf.Tensor[], dy = randomTensor(inputs[0]?.shape as [number, number], 'dy')): Promise<Float32Array[]> {
  const all = tf.tidy(() => [norm(...inputs), ...tf.grads(norm)(inputs, dy)]);
  dy.dispose();
  const data = await Promise.all(all.map((tensor) => tensor.data<'float32'>()));
  tf.dispose(all);
  return data as Float32Array[];
}
