import { describe, expect, test } from 'vitest';
import type { Contender } from '../../../src/bench/contender';
import { checkLosses, measure } from '../../../src/bench/measure';
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

describe('the patience', () => {
  test('is least where the CPU has to train as WebGPU, and most on a GPU', () => {
    expect(patience('train', kindOf('webgpu', true))).toBeLessThan(patience('decode', kindOf('webgpu', true)));
    expect(patience('train', kindOf('webgpu', false))).toBeGreaterThan(patience('train', kindOf('wasm', false)));
    expect(kindOf('wasm', true)).toBe('wasm');
  });
});
