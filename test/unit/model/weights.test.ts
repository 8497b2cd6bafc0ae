import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { Weights } from '../../../src/model/weights';
import { useWasm } from '../../support/backend';
import { expectClose } from '../../support/close';
import { randomTensor } from '../../support/gradient';

beforeAll(useWasm);

const sizes = { 'a.q_proj': 4, 'a.k_proj': 2, 'a.v_proj': 3 };
const names = Object.keys(sizes);

function some(): Weights {
  const weights = new Weights();
  for (const [name, outputs] of Object.entries(sizes)) {
    weights.set(`${name}.weight`, randomTensor([5, outputs], name));
    weights.set(`${name}.bias`, randomTensor([outputs], name, 'bias'));
  }
  return weights;
}

async function storedOf(weights: Weights): Promise<number[][]> {
  return await Promise.all(names.flatMap((name) => [`${name}.weight`, `${name}.bias`]).map(async (name) => [...await weights.stored(name)]));
}

describe('layers that are joined', () => {
  test('give side by side what each gave alone, and are stored as before', async () => {
    const weights = some();
    const x = randomTensor<tf.Rank.R2>([3, 5], 'x');
    const apart = await tf.concat(names.map((name) => weights.linear(name, x)), 1).data();
    const stored = await storedOf(weights);
    weights.join('a.qkv_proj', names);
    expect(weights.names().sort()).toEqual(['a.qkv_proj.bias', 'a.qkv_proj.weight']);
    expectClose(await weights.linear('a.qkv_proj', x).data(), Array.from(apart), 1e-6);
    expect(await storedOf(weights)).toEqual(stored);
    expect(weights.has('a.k_proj.weight')).toBe(true);
  });

  test('are replaced one by one', async () => {
    const weights = some();
    weights.join('a.qkv_proj', names);
    weights.replace('a.k_proj.bias', tf.tensor1d([7, 8]));
    weights.replace('a.v_proj.weight', tf.zeros([5, 3]));
    expect([...await weights.stored('a.k_proj.bias')]).toEqual([7, 8]);
    expect([...await weights.stored('a.v_proj.weight')]).toEqual(new Array(15).fill(0));
    expect(await weights.stored('a.q_proj.weight')).toEqual(await some().stored('a.q_proj.weight'));
  });

  test('are corrected by adapters of their own', async () => {
    const weights = some();
    weights.join('a.qkv_proj', names);
    const x = randomTensor<tf.Rank.R2>([3, 5], 'x');
    const before = await weights.linear('a.qkv_proj', x).data();
    const [a, b] = [randomTensor<tf.Rank.R2>([5, 1], 'a'), randomTensor<tf.Rank.R2>([1, 2], 'b')];
    const correction = await tf.pad(tf.mul(tf.matMul(tf.matMul(x, a), b), 3), [[0, 0], [4, 3]]).data();
    weights.adapt('a.k_proj', a, b, 3);
    expectClose(await weights.linear('a.qkv_proj', x).data(), before.map((y, i) => y + (correction[i] as number)), 1e-5);
  });

  test('leave nothing behind when they go', () => {
    const before = tf.memory().numTensors;
    const weights = some();
    weights.join('a.qkv_proj', names);
    weights.derived('table', () => true, () => tf.zeros([3]));
    weights.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
