import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Contender } from '../../../src/bench/contender';
import { checkLosses, measure, productRate } from '../../../src/bench/measure';
import type { Odometer } from '../../../src/bench/odometer';
import { kindOf, patience } from '../../../src/bench/patience';
import { shape } from '../../../src/bench/work';

const counts = { dispatches: 1118, submits: 75, uploads: 1415, readbacks: 1, errors: 0 };
const still: Odometer = { read: () => ({ ...counts }), bytes: () => ({ live: 0, peak: 7 }), forgetPeak: () => undefined };

describe('a measurement', () => {
  const contender = (gives: () => number): Contender => {
    const each = () => Promise.resolve(() => Promise.resolve(gives()));
    return { device: 'none', trainer: each, decoder: each, product: () => Promise.reject(new Error('unused')) };
  };

  test('takes as many steps as are wanted, without the first ones', async () => {
    let loss = 5.6;
    const { milliseconds, peakBytes, warmUp } = await measure(contender(() => loss -= 0.1), 'train', 'llama', 4, still);
    expect(milliseconds).toHaveLength(4);
    expect(peakBytes).toBe(7);
    expect(warmUp).toHaveLength(3);
  });

  test('does not go on decoding past the end of the sequence', async () => {
    const { milliseconds } = await measure(contender(() => 65), 'decode', 'llama', 1000, still);
    expect(milliseconds.length).toBeLessThan(shape.tokens);
  });

  test('refuses losses that make no sense', async () => {
    expect(() => checkLosses([5.55, 5.4, 5.2])).not.toThrow();
    expect(() => checkLosses([5.55, 5.4, Number.NaN])).toThrow('does not fall');
    expect(() => checkLosses([Number.NaN, 5.4, 5.2])).toThrow('guessing');
    expect(() => checkLosses([5.55, 5.56, 5.57])).toThrow('does not fall');
    await expect(measure(contender(() => Number.NaN), 'decode', 'llama', 1, still)).rejects.toThrow('NaN');
  });
});

describe('the rate of products', () => {
  afterEach(() => vi.restoreAllMocks());

  /** The sizes that are tried on a GPU of this rate, and the rate that is found. */
  async function triedAt(operationsPerMs: number): Promise<{ sizes: number[]; rate: number }> {
    const sizes: number[] = [];
    let now = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => now);
    const product: Contender['product'] = (size, times) => {
      sizes.push(size);
      return Promise.resolve(() => { now += times * 2 * size ** 3 / operationsPerMs; return Promise.resolve(); });
    };
    return { rate: await productRate({ product } as Contender, 'hardware'), sizes };
  }

  test('comes from the largest ones on a GPU that is quick enough, and from smaller ones on one that would seem to hang', async () => {
    const [fast, slow] = [await triedAt(1e10), await triedAt(1e8)];
    expect([fast.sizes, slow.sizes]).toEqual([[1024, 2048, 4096], [1024, 2048]]);
    expect([fast.rate, slow.rate].map(Math.log10)).toEqual([expect.closeTo(13, 6), expect.closeTo(11, 6)]);
  });
});

describe('the patience', () => {
  test('is least where the CPU has to train as WebGPU, and most on a GPU', () => {
    expect(patience('train', kindOf('webgpu', true))).toBeLessThan(patience('decode', kindOf('webgpu', true)));
    expect(patience('train', kindOf('webgpu', false))).toBeGreaterThan(patience('train', kindOf('wasm', false)));
    expect(kindOf('wasm', true)).toBe('wasm');
  });
});
