/**
 * `@jax-js/jax`: the whole training step as one jitted function with AdamW in it, which is what is fastest there, and the
 * decoding of a token likewise, with a cache of the full length.
 */
import { blockUntilReady, defaultDevice, getWebGPUDevice, init, jit, nn, numpy as np, valueAndGrad } from '@jax-js/jax';
import type { Contender, Open } from '../../../src/bench/contender';
import { initialWeights, rotation as angles } from '../../../src/bench/initial';
import { learningRate, prompt, shape, type Architecture } from '../../../src/bench/work';
import { inWords } from '../../../src/device/webgpu';
import { logits, part, type Rotation, type Weights } from './jax-model';

const [beta1, beta2, epsilon, decay] = [0.9, 0.999, 1e-8, 1e-4];

export const open: Open = async (backend) => {
  if (!(await init(backend)).includes(backend)) throw new Error(`jax-js finds no ${backend} here.`);
  defaultDevice(backend);
  const device = backend === 'webgpu' ? inWords(getWebGPUDevice().adapterInfo) : `CPU, up to ${navigator.hardwareConcurrency} threads`;
  return { device, trainer, decoder, product };
};

const trainer: Contender['trainer'] = (architecture) => {
  const rotation = rotationTables();
  const lossOf = (weights: Weights, ids: np.Array, targets: np.Array): np.Array => {
    const scores = logits(architecture, weights, ids, shape.batch, rotation, (_, q, k, v) => nn.dotProductAttention(q, k, v, { isCausal: true }));
    return nn.logSoftmax(scores, -1).mul(nn.oneHot(targets, shape.vocabulary)).sum(-1).mean().neg();
  };
  const update = jit((weights: Weights, mean: Weights, variance: Weights, count: np.Array, ids: np.Array, targets: np.Array) => {
    const [loss, gradients] = valueAndGrad(lossOf)(eachOf(weights, (weight) => weight.ref), ids, targets);
    return [loss, ...adamw(weights, gradients, mean, variance, count)] as const;
  });
  let weights = initial(architecture);
  let mean = eachOf(weights, ({ shape: size }) => np.zeros(size));
  let variance = eachOf(weights, ({ shape: size }) => np.zeros(size));
  let count = np.zeros([1]);
  return Promise.resolve(async ({ inputs, targets }) => {
    let loss: np.Array;
    [loss, weights, mean, variance, count] = update(weights, mean, variance, count, np.array(inputs), np.array(targets));
    const [value = Number.NaN] = await loss.data();
    return value;
  });
};

/** What comes out of an update, and how many there have been, in the order in which it went in. */
function adamw(weights: Weights, gradients: Weights, mean: Weights, variance: Weights, count: np.Array): [Weights, Weights, Weights, np.Array] {
  const next: [Weights, Weights, Weights] = [{}, {}, {}];
  const after = count.add(1);
  const grown = (beta: number): np.Array => np.exp(after.ref.mul(Math.log(beta))).neg().add(1);
  const [meanGrown, varianceGrown] = [grown(beta1), grown(beta2)];
  for (const name of Object.keys(weights)) {
    const gradient = part(gradients, name);
    const m = part(mean, name).mul(beta1).add(gradient.ref.mul(1 - beta1));
    const v = part(variance, name).mul(beta2).add(np.square(gradient).mul(1 - beta2));
    const direction = m.ref.div(meanGrown.ref).div(np.sqrt(v.ref.div(varianceGrown.ref)).add(epsilon));
    next[0][name] = part(weights, name).mul(1 - learningRate * decay).sub(direction.mul(learningRate));
    next[1][name] = m;
    next[2][name] = v;
  }
  meanGrown.dispose();
  varianceGrown.dispose();
  return [...next, after];
}

const decoder: Contender['decoder'] = async (architecture) => {
  const { tokens, heads, headWidth, layers } = shape;
  const tables = rotationTables();
  const step = jit((weights: Weights, keys: np.Array[], values: np.Array[], position: np.Array, token: np.Array) => {
    const here = nn.oneHot(position.ref, tokens);
    const at = (table: np.Array): np.Array => np.matmul(here.ref, table.ref.reshape([tokens, headWidth])).reshape([1, 1, headWidth]);
    const rotation: Rotation = { cos: at(tables.cos), sin: at(tables.sin) };
    const place = here.reshape([1, tokens, 1, 1]);
    const put = (cache: np.Array, fresh: np.Array): np.Array => cache.mul(place.ref.neg().add(1)).add(fresh.mul(place.ref));
    const seen = np.arange(tokens).less(position.ref.add(1)).reshape([1, 1, 1, tokens]);
    const [nextKeys, nextValues]: [np.Array[], np.Array[]] = [[], []];
    const scores = logits(architecture, weights, token, 1, rotation, (layer, q, k, v) => {
      const [allKeys, allValues] = [put(keys[layer] as np.Array, k), put(values[layer] as np.Array, v)];
      nextKeys.push(allKeys.ref);
      nextValues.push(allValues.ref);
      return nn.dotProductAttention(q, allKeys, allValues, { mask: seen.ref });
    });
    for (const used of [rotation.cos, rotation.sin, place, seen]) used.dispose();
    return [np.argmax(scores, -1), nextKeys, nextValues, position.add(1)] as const;
  });
  const weights = initial(architecture);
  const empty = (): np.Array[] => Array.from({ length: layers }, () => np.zeros([1, tokens, heads, headWidth]));
  let [keys, values, position] = [empty(), empty(), np.array(Int32Array.of(0))];
  const through = (token: np.Array): np.Array => {
    let next: np.Array;
    [next, keys, values, position] = step(eachOf(weights, (weight) => weight.ref), keys, values, position, token);
    return next;
  };
  let next = np.array(Int32Array.of(prompt[0]));
  for (const [i] of prompt.entries()) {
    const likeliest = through(next);
    const given = prompt[i + 1];
    next = given === undefined ? likeliest : np.array(Int32Array.of(given));
    if (given !== undefined) likeliest.dispose();
  }
  return async () => {
    next = through(next);
    const [token = Number.NaN] = await next.ref.data();
    return token;
  };
};

/** Each product goes into the next, since one that nobody reads is never computed. */
const product: Contender['product'] = (size, times) => {
  const numbers = Float32Array.from({ length: size ** 2 }, (_, i) => (i * 2654435761 >>> 0) / 2 ** 31 / size);
  const a = np.array(numbers).reshape([size, size]);
  return Promise.resolve(async () => {
    let c = a.ref;
    for (let i = 0; i < times; i++) c = np.matmul(a.ref, c);
    await blockUntilReady(c);
    c.dispose();
  });
};

function initial(architecture: Architecture): Weights {
  return Object.fromEntries(initialWeights(architecture).map(({ name, shape: size, data }) => [name, np.array(data).reshape(size)]));
}

function rotationTables(): Rotation {
  const { cos, sin } = angles(shape.tokens);
  const table = (numbers: Float32Array): np.Array => np.array(numbers).reshape([shape.tokens, 1, shape.headWidth]);
  return { cos: table(cos), sin: table(sin) };
}

function eachOf(weights: Weights, change: (weight: np.Array) => np.Array): Weights {
  return Object.fromEntries(Object.entries(weights).map(([name, weight]) => [name, change(weight)]));
}
