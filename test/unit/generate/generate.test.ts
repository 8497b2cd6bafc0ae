import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { KeyValueCache } from '../../../src/generate/cache';
import { generate } from '../../../src/generate/generate';
import { sample } from '../../../src/generate/sample';
import { decoder, decodeStep, headsOf, outputHead } from '../../../src/model/decoder';
import { turnsAt } from '../../../src/model/rope';
import { causal } from '../../../src/ops/attention/attention';
import { useWasm } from '../../support/backend';
import { expectClose } from '../../support/close';
import { randomTensor } from '../../support/gradient';
import { tiny } from '../../support/random-checkpoint';
import { type Seen, seenModel } from '../../support/seen';

let seen: Seen;
beforeAll(async () => {
  await useWasm();
  seen = await seenModel(tiny, ['a', 'b', 'c']);
});

const prompts = ['what?', 'how many are there?', 'name it', 'is it red or blue?', 'x', 'what is on the left of the hat?'];
const requests = (count: number) => Array.from({ length: count }, (_, i) => (
  { key: `request ${i}`, images: [['a', 'b', 'c'][i % 3] as string], prompt: prompts[i % prompts.length] as string }
));

/** Scores after each of some tokens, decoded with a cache after a prompt of `prompt` tokens that is padded with `padding`. */
async function decodedScores(x: tf.Tensor2D, prompt: number, padding: tf.Tensor2D): Promise<number[][]> {
  const { weights, config: { decoder: config } } = seen.model;
  const tokens = prompt + padding.shape[0];
  const cache = new KeyValueCache(config, 1, tokens, x.shape[0] - prompt);
  const shape = { ...headsOf(config), batch: 1, tokens };
  const turns = turnsAt(weights, config, Int32Array.from({ length: tokens }, (_, position) => position));
  const padded = tf.concat([tf.slice(x, [0, 0], [prompt, -1]), padding]);
  const hidden = [decoder(weights, config, padded, { shape, turns, mask: causal(config.window ?? Infinity), remember: cache.remember })];
  hidden[0] = tf.slice(hidden[0] as tf.Tensor2D, [0, 0], [prompt, -1]);
  for (let at = prompt; at < x.shape[0]; at++) {
    hidden.push(decodeStep(weights, config, tf.slice(x, [at, 0], [1, -1]), cache.step(turnsAt(weights, config, Int32Array.of(at)))));
  }
  cache.dispose();
  return await outputHead(weights, config, tf.concat(hidden)).array();
}

test.each([null, 3])('decoding token by token gives the scores of one pass with a window of %s', async (window) => {
  const { weights, config } = seen.model;
  const before = config.decoder.window;
  config.decoder.window = window;
  try {
    const tokens = 9;
    const x = randomTensor<tf.Rank.R2>([tokens, config.decoder.hidden], 'x');
    const turns = turnsAt(weights, config.decoder, Int32Array.from({ length: tokens }, (_, position) => position));
    const pass = { shape: { ...headsOf(config.decoder), batch: 1, tokens }, turns, mask: causal(window ?? Infinity) };
    const whole = await outputHead(weights, config.decoder, decoder(weights, config.decoder, x, pass)).data();
    const padding = randomTensor<tf.Rank.R2>([4, config.decoder.hidden], 'padding');
    expectClose((await decodedScores(x, 4, padding)).flat(), whole, 1e-5);
  } finally {
    config.decoder.window = before;
  }
});

test('padding leaves no trace, however large its numbers', async () => {
  const { hidden } = seen.model.config.decoder;
  const x = randomTensor<tf.Rank.R2>([6, hidden], 'x');
  const scores = await decodedScores(x, 3, tf.fill([2, hidden], 50));
  expect(scores).toEqual(await decodedScores(x, 3, tf.fill([2, hidden], -3)));
});

test('sequences that are kept go on as they would have with the others', async () => {
  const { weights, config: { decoder: config } } = seen.model;
  const [batch, tokens] = [3, 5];
  const decode = async (kept: number[]) => {
    const cache = new KeyValueCache(config, batch, tokens, 1);
    const prompts = randomTensor<tf.Rank.R2>([batch * tokens, config.hidden], 'prompts');
    const turns = turnsAt(weights, config, Int32Array.from({ length: batch * tokens }, (_, row) => row % tokens));
    decoder(weights, config, prompts, { shape: { ...headsOf(config), batch, tokens }, turns, mask: causal(), remember: cache.remember });
    cache.keepRows(kept);
    const next = tf.concat(kept.map((row) => randomTensor<tf.Rank.R2>([1, config.hidden], 'next', row))) as tf.Tensor2D;
    const hidden = decodeStep(weights, config, next, cache.step(turnsAt(weights, config, Int32Array.from(kept, (row) => tokens - row))));
    cache.dispose();
    return await hidden.array();
  };
  const all = await decode([0, 1, 2]);
  expect(await decode([2, 0])).toEqual([all[2], all[0]]);
});

describe.each([0, 0.9])('at temperature %f', (temperature) => {
  const options = { temperature, maxNewTokens: 12, seed: 7 };

  test('a request continues the same alone and in any company', async () => {
    const many = requests(40);
    const together = await generate(seen.model, seen.features, many, options);
    const alone = [];
    for (const request of many) alone.push(...await generate(seen.model, seen.features, [request], options));
    expect(together).toEqual(alone);
    const backwards = await generate(seen.model, seen.features, many.toReversed(), options);
    expect(backwards.toReversed()).toEqual(together);
  });

  test('no continuation is longer than asked for', async () => {
    for (const { tokens } of await generate(seen.model, seen.features, requests(10), options)) expect(tokens).toBeLessThanOrEqual(12);
  });
});

test('the seed and the key name the draws', async () => {
  const options = { temperature: 1, maxNewTokens: 8, seed: 1 };
  const [request] = requests(1);
  const twins = [{ ...request!, key: 'one' }, { ...request!, key: 'two' }];
  const [one, two] = await generate(seen.model, seen.features, twins, options);
  expect(one).not.toEqual(two);
  expect((await generate(seen.model, seen.features, twins, { ...options, seed: 2 }))[0]).not.toEqual(one);
});

test('a prompt with a placeholder of its own is refused', async () => {
  const request = { key: 'k', images: ['a'], prompt: 'what is <image>?' };
  await expect(generate(seen.model, seen.features, [request], { temperature: 0, maxNewTokens: 1, seed: 1 }))
    .rejects.toMatchObject({ code: 'data/malformed-record', message: expect.stringContaining('what is <image>?') });
});

test('generation leaves no tensors behind', async () => {
  const before = tf.memory().numTensors;
  await generate(seen.model, seen.features, requests(9), { temperature: 1, maxNewTokens: 6, seed: 3 });
  expect(tf.memory().numTensors).toBe(before);
});

test('limits narrow what is drawn down to the likeliest tokens', async () => {
  const greedy = await generate(seen.model, seen.features, requests(6), { temperature: 0, maxNewTokens: 6, seed: 3 });
  for (const limit of [{ topK: 1 }, { topP: 1e-6 }]) {
    expect(await generate(seen.model, seen.features, requests(6), { temperature: 2, maxNewTokens: 6, seed: 3, ...limit })).toEqual(greedy);
  }
});

test.each([{ temperature: -1 }, { temperature: NaN }, { topK: 1.5 }, { topK: -1 }, { topP: 0 }, { topP: 1.1 }])('%o is refused by name', async (options) => {
  await expect(generate(seen.model, seen.features, requests(1), { temperature: 1, maxNewTokens: 1, seed: 1, ...options }))
    .rejects.toMatchObject({ code: 'settings/invalid', message: expect.stringContaining(Object.keys(options)[0] as string) });
});

test('a step asks for draws only where it draws', async () => {
  const asked = () => { throw new Error('A draw.'); };
  expect(await sample(tf.tensor2d([[0, 3, 1], [5, 2, 1]]), { temperature: 0, topK: 0, topP: 1 }, [asked, asked])).toEqual([1, 0]);
  expect(await sample(tf.tensor2d([[0, 1]]), { temperature: 1, topK: 0, topP: 1 }, [() => 0.2])).toEqual([0]);
  expect(await sample(tf.tensor2d([[0, 1]]), { temperature: 0.1, topK: 0, topP: 1 }, [() => 0.2])).toEqual([1]);
});
