/**
 * The other architecture on this project's operations. Its models are of the Llama family alone; this is what is left of a
 * decoder when one composes the operations oneself, with stock ones in the few places where there is none.
 */
import * as tf from '@tensorflow/tfjs';
import { optimizerOf } from '../ops/adamw/on-device';
import { attention, causal } from '../ops/attention/attention';
import { crossEntropy } from '../ops/cross-entropy/cross-entropy';
import { attendNext, emptyCaches, sampleTokens } from '../ops/decode/decode';
import { gatherRows } from '../ops/gather-rows/gather-rows';
import { linear } from '../ops/linear/linear';
import { productBack } from '../ops/linear/product';
import { forkRmsNorm, rmsNorm } from '../ops/norm/norm';
import type { Turns } from '../ops/rotary/kernels';
import { rotary, tableOf } from '../ops/rotary/rotary';
import type { Contender } from './contender';
import { initialWeights } from './initial';
import { learningRate, prompt, shape } from './work';

const heads = { heads: shape.heads, kvHeads: shape.heads, headDim: shape.headWidth };
const { batch, tokens, width, headWidth, epsilon, theta } = shape;

/** What every model of this architecture computes with beside its weights. */
interface Given {
  /** Gains that nobody learns. */
  ones: tf.Tensor1D;
  onesOfHead: tf.Tensor1D;
  table: Pick<Turns, 'cos' | 'sin'>;
}

/**
 * From a layer's queries, keys and values, normed and not yet turned, to what its heads mix. (A rotation keeps the norm of a
 * head, so that it makes no difference which comes first.)
 */
type Mix = (layer: number, qkv: tf.Tensor2D) => tf.Tensor2D;
type WeightOf = (name: string) => tf.Tensor2D;

export const nanoTrainer: Contender['trainer'] = () => {
  const weights = initialWeights('nano');
  const places = new Map(weights.map(({ name }, i) => [name, i]));
  const start = weights.map(({ shape: size, data }) => tf.tensor(data, size));
  const optimizer = optimizerOf(start, start.map(() => true));
  const weightOf: WeightOf = (name) => optimizer.parameters[places.get(name) as number] as tf.Tensor2D;
  const given = givenOf();
  const positions = tf.tensor1d(Int32Array.from({ length: batch * tokens }, (_, row) => row % tokens), 'int32');
  const mix: Mix = (_, qkv) => attention(rotary(qkv, { ...given.table, positions }, heads), { ...heads, batch, tokens }, causal());
  let step = 0;
  return Promise.resolve(async ({ inputs, targets }) => {
    const loss = tf.tidy(() => {
      const { value, grads } = tf.valueAndGrads(() => {
        const hidden = states(weightOf, given, [...inputs], mix);
        return crossEntropy(hidden, { table: weightOf('embedding') }, [...targets]);
      })([...optimizer.parameters]);
      optimizer.gather(grads, 1);
      return value;
    });
    step++;
    optimizer.update({ beta1: 0.9, beta2: 0.999, epsilon: 1e-8, clipNorm: 0, weightDecay: 0, step, rate: learningRate, loss });
    const [value = Number.NaN] = await loss.data();
    loss.dispose();
    return value;
  });
};

export const nanoDecoder: Contender['decoder'] = async () => {
  const weights = new Map(initialWeights('nano').map(({ name, shape: size, data }) => [name, tf.tensor(data, size)]));
  const weightOf: WeightOf = (name) => weights.get(name) as tf.Tensor2D;
  const given = givenOf();
  const caches = emptyCaches(shape.layers, 1, tokens, heads);
  let position = 0;
  const through = async (token: number): Promise<number> => {
    const likeliest = tf.tidy(() => {
      const turns = { ...given.table, positions: tf.tensor1d([position], 'int32') };
      const mix: Mix = (layer, qkv) => attendNext(qkv, caches[layer] as typeof caches[number], turns, Infinity, heads);
      const hidden = states(weightOf, given, [token], mix);
      return sampleTokens(productBack(hidden, weightOf('embedding')), { temperature: 0, topK: 0, topP: 1 }, []);
    });
    position++;
    const [next = Number.NaN] = await likeliest.data();
    likeliest.dispose();
    return next;
  };
  let token = 0;
  for (const id of prompt) token = await through(id);
  return async () => token = await through(token);
};

function givenOf(): Given {
  const frequencies = Float64Array.from({ length: headWidth / 2 }, (_, i) => theta ** (-2 * i / headWidth));
  return { ones: tf.ones([width]), onesOfHead: tf.ones([headWidth]), table: tableOf(tokens, frequencies) };
}

/** Hidden states after the last norm, `[ids.length, width]`. */
function states(weightOf: WeightOf, given: Given, ids: readonly number[], mix: Mix): tf.Tensor2D {
  let x = gatherRows(weightOf('embedding'), ids);
  for (let layer = 0; layer < shape.layers; layer++) {
    const weight: WeightOf = (part) => weightOf(`layers.${layer}.${part}`);
    const [past, normed] = forkRmsNorm(x, given.ones, epsilon);
    const mixed = mix(layer, headsNormed(linear(normed, weight('qkv')), given.onesOfHead));
    const [kept, inner] = forkRmsNorm(linear(mixed, weight('o'), { residual: past }), given.ones, epsilon);
    x = linear(tf.square(tf.relu(linear(inner, weight('up')))), weight('down'), { residual: kept });
  }
  return rmsNorm(x, given.ones, epsilon);
}

/** Norms every head of queries and keys, and leaves values as they are. @param qkv `[rows, 3 · width]` */
function headsNormed(qkv: tf.Tensor2D, ones: tf.Tensor1D): tf.Tensor2D {
  const [rows] = qkv.shape;
  const turned = tf.slice(qkv, [0, 0], [rows, 2 * width]);
  const normed = rmsNorm(tf.reshape(turned, [rows * 2 * shape.heads, headWidth]), ones, epsilon);
  return tf.concat([tf.reshape(normed, [rows, 2 * width]), tf.slice(qkv, [0, 2 * width], [rows, width])], 1);
}
