/** This project: its device, its model as loaded from a checkpoint, its trainer and its generation. */
import { inWords, openWebGpu, requestAdapter } from '../device/webgpu';
import { loadModel, speaking, type SpeakingModel } from '../model/model';
import { VisionFeatures } from '../model/vision-features';
import { linear } from '../ops/linear/linear';
import { useThreads } from '../ops/wasm/threads';
import type { Batch } from '../train/batch';
import { Trainer } from '../train/trainer';
import type { Contender, Open } from './contender';
import { llamaCheckpoint } from './ours-checkpoint';
import { nanoDecoder, nanoTrainer } from './ours-nano';
import { productBy } from './tfjs-product';
import { tokenByToken } from './token-by-token';
import { learningRate, prompt, shape, type TokenBatch } from './work';

export const open: Open = async (backend) => ({
  device: backend === 'wasm' ? await onWasm() : await onWebGpu(), trainer, decoder, product: productBy((a, b) => linear(a, b)),
});

async function onWasm(): Promise<string> {
  const { openWasm, threadsFor } = await import('../device/wasm');
  const device = await openWasm();
  await useThreads(threadsFor(1));
  return device;
}

async function onWebGpu(): Promise<string> {
  const adapter = await requestAdapter();
  if (adapter === null) throw new Error('There is no WebGPU adapter.');
  await openWebGpu(adapter, (error) => { throw error; });
  return inWords(adapter.info);
}

async function loaded(): Promise<[SpeakingModel, VisionFeatures]> {
  const model = speaking(await loadModel(llamaCheckpoint(), { scheme: 'f32', onShard: () => undefined }));
  return [model, new VisionFeatures(model.weights, model.config)];
}

const trainer: Contender['trainer'] = async (architecture) => {
  if (architecture === 'nano') return await nanoTrainer(architecture);
  const [model, features] = await loaded();
  const adamw = new Trainer(model, features, { parts: ['decoder'], weightDecay: 0, clipNorm: 0 });
  return async (batch) => (await adamw.stepOn(everyToken(batch), learningRate)).loss;
};

/** The next token is learned of every row. */
function everyToken({ inputs, targets }: TokenBatch): Batch {
  const { batch, tokens } = shape;
  return {
    sequences: Array.from({ length: batch }, (_, row) => ({ images: [], ids: [...inputs.subarray(row * tokens, (row + 1) * tokens)] })),
    tokens, realTokens: batch * tokens, labelRows: Array.from(inputs, (_, row) => row), labels: [...targets],
  };
}

const decoder: Contender['decoder'] = async (architecture) => {
  if (architecture === 'nano') return await nanoDecoder(architecture);
  const [model, features] = await loaded();
  return await tokenByToken(model, features, String.fromCodePoint(...prompt), shape.tokens - prompt.length);
};
