import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { KeyValueCache } from '../../../src/generate/cache';
import { generate } from '../../../src/generate/generate';
import { sample } from '../../../src/generate/sample';
import { decoder, outputHead, type Remember } from '../../../src/model/decoder';
import { causalMask, HIDDEN } from '../../../src/ops/attention';
import { rotaryFrequencies } from '../../../src/model/rope';
import { rotationOf } from '../../../src/ops/rotary';
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

test('decoding token by token with a cache gives the scores of one pass without', async () => {
  const { weights, config: { decoder: config } } = seen.model;
  const tokens = 9;
  const x = randomTensor<tf.Rank.R2>([tokens, config.hidden], 'x');
  const run = (from: number, to: number, mask: tf.Tensor, remember?: Remember) => {
    const positions = Array.from({ length: to - from }, (_, i) => from + i);
    const pass = { batch: 1, tokens: to - from, rotation: rotationOf(positions, rotaryFrequencies(config)), mask };
    return outputHead(weights, config, decoder(weights, config, tf.slice(x, [from, 0], [to - from, -1]), pass, remember));
  };
  const whole = await run(0, tokens, causalMask(tokens)).array();
  const cache = new KeyValueCache();
  expectClose(await run(0, 4, causalMask(4), cache.remember).data(), whole.slice(0, 4).flat(), 1e-5);
  for (let at = 4; at < tokens; at++) {
    expectClose(await run(at, at + 1, tf.zeros([1, 1, 1, at + 1]), cache.remember).data(), whole[at] as number[], 1e-5);
  }
  cache.dispose();
});

test('a hidden key leaves no trace, however large its value', async () => {
  const { weights, config: { decoder: config } } = seen.model;
  const decode = async (padding: number) => {
    const cache = new KeyValueCache();
    const prompt = tf.concat([randomTensor<tf.Rank.R2>([3, config.hidden], 'p'), tf.fill([1, config.hidden], padding)]) as tf.Tensor2D;
    decoder(weights, config, prompt, { batch: 1, tokens: 4, rotation: rotationOf([0, 1, 2, 3], rotaryFrequencies(config)), mask: causalMask(4) }, cache.remember);
    const mask = tf.tensor([0, 0, 0, HIDDEN, 0], [1, 1, 1, 5]);
    const next = randomTensor<tf.Rank.R2>([1, config.hidden], 'n');
    return await decoder(weights, config, next, { batch: 1, tokens: 1, rotation: rotationOf([3], rotaryFrequencies(config)), mask }, cache.remember).data();
  };
  expect(await decode(50)).toEqual(await decode(-3));
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

describe('sampling', () => {
  const draws = (...shares: number[]) => shares.map((share) => () => share);

  test('takes the likeliest token at temperature 0', async () => {
    expect(await sample(tf.tensor2d([[0, 3, 1], [5, 2, 1]]), 0, draws(0.9, 0.9))).toEqual([1, 0]);
  });

  test('splits the unit interval in the tokens\' order by their probabilities', async () => {
    const logits = () => tf.log(tf.tensor2d([[0.2, 0.5, 0.3]])) as tf.Tensor2D;
    for (const [share, token] of [[0, 0], [0.19, 0], [0.21, 1], [0.69, 1], [0.71, 2], [0.999999, 2]] as const) {
      expect(await sample(logits(), 1, draws(share))).toEqual([token]);
    }
  });

  test('sharpens with a falling temperature', async () => {
    const logits = () => tf.tensor2d([[0, 1]]);
    expect(await sample(logits(), 1, draws(0.2))).toEqual([0]);
    expect(await sample(logits(), 0.1, draws(0.2))).toEqual([1]);
  });
});
