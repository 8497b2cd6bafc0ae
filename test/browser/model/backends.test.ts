/** What one backend computes the other computes too: operations with their gradients, training, generation. */
import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { openDevice } from '../../../src/device/device';
import { generate } from '../../../src/generate/generate';
import { activate, swiglu } from '../../../src/ops/activation';
import { adamw } from '../../../src/ops/adamw';
import { attention, causalMask } from '../../../src/ops/attention';
import { crossEntropy } from '../../../src/ops/cross-entropy';
import { gatherRows } from '../../../src/ops/gather-rows';
import { layerNorm } from '../../../src/ops/layer-norm';
import { linear } from '../../../src/ops/matmul';
import { rmsNorm } from '../../../src/ops/rms-norm';
import { rotary, rotationOf } from '../../../src/ops/rotary';
import { Trainer } from '../../../src/train/trainer';
import { expectClose } from '../../support/close';
import { randomTensor } from '../../support/gradient';
import { tiny } from '../../support/random-checkpoint';
import { seenModel } from '../../support/seen';

/** The software adapter that tests run on is slow. */
const small = { ...tiny, text: { ...tiny.text, layers: 1 }, vision: { ...tiny.vision, layers: 1 } };

type Op = (...inputs: tf.Tensor[]) => tf.Tensor;
const ops: [string, Op, number[][]][] = [
  ['linear', (x, w, b) => linear(x as tf.Tensor2D, w as tf.Tensor, b), [[33, 17], [17, 40], [40]]],
  ['RMS norm', (x, w) => rmsNorm(x as tf.Tensor2D, w as tf.Tensor, 1e-5), [[9, 20], [20]]],
  ['layer norm', (x, w, b) => layerNorm(x as tf.Tensor2D, w as tf.Tensor, b as tf.Tensor, 1e-5), [[9, 20], [20], [20]]],
  ['rotary', (x) => rotary(x as tf.Tensor3D, rotationOf([0, 5, 9], [1, 0.2, 0.05])), [[3, 2, 6]]],
  ['attention', (q, k, v) => attention(q as tf.Tensor4D, k as tf.Tensor4D, v as tf.Tensor4D, causalMask(7)), [[2, 4, 7, 6], [2, 2, 7, 6], [2, 2, 7, 6]]],
  ['swiglu', (gate, up) => swiglu(gate as tf.Tensor2D, up as tf.Tensor2D), [[5, 9], [5, 9]]],
  ['gelu', (x) => activate('gelu', x as tf.Tensor), [[5, 9]]],
  ['quick_gelu', (x) => activate('quick_gelu', x as tf.Tensor), [[5, 9]]],
  ['gelu_pytorch_tanh', (x) => activate('gelu_pytorch_tanh', x as tf.Tensor), [[5, 9]]],
  ['gather rows', (table) => gatherRows(table as tf.Tensor2D, [3, 0, 3, 3, 1]), [[5, 4]]],
  ['gather a permutation of rows', (table) => gatherRows(table as tf.Tensor2D, [2, 0, 1]), [[3, 4]]],
  ['cross-entropy', (logits) => crossEntropy(logits as tf.Tensor2D, [1, 30, 4]), [[3, 33]]],
  ['adamw', (p, m, v, g) => adamw({ parameter: p as tf.Tensor, mean: m as tf.Tensor, variance: tf.square(v as tf.Tensor) }, g as tf.Tensor, 3, 0.1,
    { beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0.1 }).parameter, [[7], [7], [7], [7]]],
];

async function valueAndGradients(op: Op, shapes: number[][]): Promise<Float32Array[]> {
  const inputs = shapes.map((shape, i) => randomTensor(shape as [number], 'input', i));
  const value = op(...inputs);
  const gradients = tf.grads((...xs) => tf.sum(tf.mul(op(...xs), randomTensor(value.shape as [number], 'dy'))))(inputs);
  return await Promise.all([value, ...gradients].map((tensor) => tensor.data<'float32'>()));
}

// Shaders compile slowly on the software adapter.
describe('WebGPU and WASM agree', { timeout: 240_000 }, () => {
  test('on every operation and its gradients', async () => {
    await openDevice('wasm');
    const onWasm: Float32Array[][] = [];
    for (const [, op, shapes] of ops) onWasm.push(await valueAndGradients(op, shapes));
    const gpu = await openDevice('webgpu');
    for (const [i, [name, op, shapes]] of ops.entries()) {
      const onGpu = await valueAndGradients(op, shapes);
      onGpu.forEach((data, which) => expectClose(data, onWasm[i]?.[which] as Float32Array, 1e-4, `${name}, ${which === 0 ? 'value' : `gradient ${which - 1}`}`));
    }
    gpu.check();
  });

  test('on the first losses of a training and on what is generated after it', async () => {
    const run = async (backend: 'wasm' | 'webgpu') => {
      const device = await openDevice(backend);
      const { model, features } = await seenModel(small, ['a', 'b']);
      const trainer = new Trainer(model, features, { parts: ['connector', 'decoder'], weightDecay: 0, clipNorm: 1 });
      const losses = [];
      for (let step = 0; step < 3; step++) {
        losses.push((await trainer.step([
          { images: ['a'], prompt: 'what?', target: 'a hat' }, { images: ['b'], prompt: 'how many?', target: 'two' }, { images: ['a'], prompt: null, target: 'a hat' },
        ], 5e-3)).loss);
      }
      const said = await generate(model, features, [{ key: 'k', images: ['a'], prompt: 'what?' }], { temperature: 0, maxNewTokens: 3, seed: 1 });
      device.check();
      return { losses, said };
    };
    const wasm = await run('wasm');
    const webgpu = await run('webgpu');
    webgpu.losses.forEach((loss, step) => expect(Math.abs(loss - (wasm.losses[step] as number)), `step ${step}`).toBeLessThan(1e-3));
    expect(webgpu.said).toEqual(wasm.said);
  });
});

test('WebGPU gives the same losses to the bit when a training is repeated', { timeout: 240_000 }, async () => {
  await openDevice('webgpu');
  const run = async () => {
    const { model, features } = await seenModel(small, ['a']);
    const trainer = new Trainer(model, features, { parts: ['connector', 'decoder'], weightDecay: 0, clipNorm: 1 });
    const losses = [];
    for (let step = 0; step < 2; step++) losses.push((await trainer.step([{ images: ['a'], prompt: 'what?', target: 'a hat' }], 5e-3)).loss);
    return losses;
  };
  expect(await run()).toEqual(await run());
});
