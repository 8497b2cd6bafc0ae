/**
 * `@genai-fi/nanogpt`: its own model, trainer and text generation. Only its way of reading texts from a store is left out: the
 * batches are put into its trainer's step directly.
 */
import { TeachableLLM } from '@genai-fi/nanogpt';
// The package brings the library along a second time, but both share one engine.
import * as tf from '@tensorflow/tfjs';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { Contender, Open } from '../../../src/bench/contender';
import { productBy } from '../../../src/bench/tfjs-product';
import { learningRate, prompt, shape } from '../../../src/bench/work';
import { inWords } from '../../../src/device/webgpu';

export const open: Open = async (backend) => {
  if (backend !== 'webgpu') throw new Error('@genai-fi/nanogpt has no kernels for WASM.');
  await TeachableLLM.selectBackend('webgpu');
  return { device: inWords((tf.backend() as WebGPUBackend).device.adapterInfo), trainer, decoder, product: productBy((a, b) => tf.matMul(a, b)) };
};

/** A model, once it has gone through the two passes that it begins with. */
function created(): Promise<TeachableLLM> {
  const { vocabulary, tokens, layers, heads, width } = shape;
  const model = TeachableLLM.create('char', {
    modelType: 'GenAI_NanoGPT_v2', vocabSize: vocabulary, blockSize: tokens, nLayer: layers, nHead: heads, nEmbed: width, mlpFactor: shape.hidden.nano / width,
  });
  return new Promise((resolve, reject) => {
    model.on('loaded', () => resolve(model));
    model.on('error', reject);
  });
}

const trainer: Contender['trainer'] = async () => {
  const model = await created();
  const options = { method: { type: 'pretraining' as const }, batchSize: shape.batch, learningRate, warmupSteps: 0 };
  // A trainer comes from a job alone, and one that is restored does not begin by itself.
  const log = { trainingMetrics: { loss: 0 }, step: 0, time: 0, batchSize: shape.batch, tokensPerSecond: 0, duration: 0, totalTokens: 0 };
  const job = model.training.restore(options, [log], undefined, [{ id: 'bench', name: 'bench' }]);
  const size: [number, number] = [shape.batch, shape.tokens];
  return async ({ inputs, targets }) => {
    const [xs, ys] = [tf.tensor2d(inputs, size, 'int32'), tf.tensor2d(targets, size, 'int32')];
    const loss = job.trainer.trainStep({}, { xs, ys });
    tf.dispose([xs, ys]);
    const [value = Number.NaN] = await loss.data();
    loss.dispose();
    return value;
  };
};

const decoder: Contender['decoder'] = async () => {
  const { responses } = await created();
  let heard: (token: number) => void = () => undefined;
  const next = (): Promise<number> => new Promise((resolve) => { heard = resolve; });
  const first = next();
  const { id } = await responses.create(
    { input: String.fromCodePoint(...prompt), maxLength: shape.tokens, allowSpecial: true, nonConversational: true, background: true },
    // A token is announced before it is noted down, so that this is the one before it.
    ({ output }) => heard(output?.at(-1)?._output?.at(-1)?.token ?? 0),
  );
  // From now on it waits after each token.
  responses.hook(id);
  await first;
  return () => {
    const token = next();
    responses.resume(id);
    return token;
  };
};
