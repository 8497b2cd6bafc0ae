import { beforeAll, describe, expect, test } from 'vitest';
import { randomLlama } from '../../../../src/bench/models/checkpoint';
import { smolLm2 } from '../../../../src/bench/models/work';
import { toFloat32 } from '../../../../src/checkpoint/dtype';
import { loadModel } from '../../../../src/model/model';
import { useWasm } from '../../../support/backend';

const small = { ...smolLm2, layers: 2, hidden: 48, intermediate: 64, heads: 3, kvHeads: 1, headDim: 16, vocabulary: 300 };

describe('the random checkpoint', () => {
  beforeAll(useWasm);

  test('has as many weights as SmolLM2-135M', () => {
    const { tensors } = randomLlama(smolLm2);
    expect([...tensors.values()].reduce((sum, { shape }) => sum + shape.reduce((product, side) => product * side, 1), 0)).toBe(134_515_008);
  });

  test('gives every number of every tensor once, in whole rows', async () => {
    const checkpoint = randomLlama(small);
    const given = new Map<string, number>();
    await checkpoint.read({
      onShard: () => undefined,
      onSlice({ name, shape, first, bytes }) {
        expect(first).toBe(given.get(name) ?? 0);
        expect(bytes.length / 2 % (shape[1] ?? 1)).toBe(0);
        given.set(name, first + bytes.length / 2);
      },
    });
    for (const [name, { shape }] of checkpoint.tensors) expect(given.get(name)).toBe(shape.reduce((product, side) => product * side, 1));
  });

  test('holds gains of one, and weights of a usual size on both sides of zero', async () => {
    const means: number[] = [];
    await randomLlama(small).read({
      onShard: () => undefined,
      onSlice({ dtype, shape, bytes }) {
        const numbers = toFloat32(dtype, bytes);
        if (shape.length === 1) return expect(new Set(numbers)).toEqual(new Set([1]));
        means.push(numbers.reduce((sum, number) => sum + number, 0) / numbers.length);
        const sizes = numbers.map(Math.abs);
        expect(Math.min(...sizes)).toBeGreaterThanOrEqual(1 / 64);
        expect(Math.max(...sizes)).toBeLessThan(1 / 32);
      },
    });
    for (const mean of means) expect(Math.abs(mean)).toBeLessThan(0.003);
    expect(new Set(means).size).toBe(means.length);
  });

  test.each(['f32', 'int4'] as const)('is loaded as any other, kept as %s', async (scheme) => {
    const { parameters, config, weights } = await loadModel(randomLlama(small), { scheme, onShard: () => undefined });
    expect(parameters).toBe(300 * 48 + 48 + 2 * (2 * 48 + 2 * 48 * 48 + 2 * 48 * 16 + 3 * 48 * 64));
    expect(config.decoder).toMatchObject({ headDim: 16, kvHeads: 1, tied: true, theta: 100_000 });
    weights.dispose();
  });
});
