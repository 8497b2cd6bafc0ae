/** TensorFlow.js as it comes: its own start of the device, its own operations, gradients and Adam. */
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-webgpu';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { inWords } from '../device/webgpu';
import type { Contender, Open } from './contender';
import { type KeyValues, type Pass, StockModel } from './stock-model';
import { productBy } from './tfjs-product';
import { learningRate, prompt, shape } from './work';

export const open: Open = async (backend) => ({
  device: backend === 'wasm' ? await openWasm() : await openWebGpu(), trainer, decoder, product: productBy((a, b) => tf.matMul(a, b)),
});

async function openWebGpu(): Promise<string> {
  if (!await tf.setBackend('webgpu')) throw new Error('TensorFlow.js finds no WebGPU here.');
  return inWords((tf.backend() as WebGPUBackend).device.adapterInfo);
}

async function openWasm(): Promise<string> {
  return await (await import('../device/wasm')).openWasm(1);
}

const trainer: Contender['trainer'] = (architecture) => {
  const model = new StockModel(architecture);
  const optimizer = tf.train.adam(learningRate);
  const pass: Pass = { batch: shape.batch, tokens: shape.tokens, position: 0, remember: (_, fresh) => fresh };
  return Promise.resolve(async ({ inputs, targets }) => {
    const loss = tf.tidy(() => {
      const ids = tf.tensor1d(inputs, 'int32');
      const labels = tf.oneHot(tf.tensor1d(targets, 'int32'), shape.vocabulary);
      return optimizer.minimize(() => tf.losses.softmaxCrossEntropy(labels, model.logits(ids, pass)), true) as tf.Scalar;
    });
    return await numberOf(loss);
  });
};

const decoder: Contender['decoder'] = async (architecture) => {
  const model = new StockModel(architecture);
  const cache: KeyValues[] = [];
  const remember = (layer: number, fresh: KeyValues): KeyValues => {
    const held = cache[layer];
    const all = held === undefined ? fresh : { keys: tf.concat([held.keys, fresh.keys], 2), values: tf.concat([held.values, fresh.values], 2) };
    tf.keep(all.keys);
    tf.keep(all.values);
    if (held !== undefined) tf.dispose([held.keys, held.values]);
    cache[layer] = all;
    return all;
  };
  let position = 0;
  const through = async (ids: readonly number[]): Promise<number> => {
    const likeliest = tf.tidy(() => {
      const logits = model.logits(tf.tensor1d([...ids], 'int32'), { batch: 1, tokens: ids.length, position, remember });
      return tf.argMax(tf.slice(logits, [ids.length - 1, 0], [1, shape.vocabulary]), -1);
    });
    position += ids.length;
    return await numberOf(likeliest);
  };
  let token = await through(prompt);
  return async () => token = await through([token]);
};

async function numberOf(tensor: tf.Tensor): Promise<number> {
  const [value = Number.NaN] = await tensor.data();
  tensor.dispose();
  return value;
}
