import { describe, expect, test } from 'vitest';
import { casesOf } from '../../../scripts/bench/steps/implementations';
import { run, type Place } from '../../../scripts/bench/steps/run';
import { tableOf } from '../../../scripts/bench/steps/table';
import { readWishes } from '../../../scripts/bench/steps/wishes';
import { rowOf, type Case, type Row } from '../../../src/bench/row';
import { ComdError } from '../../../src/errors';

const trainOnGpu: Case = { task: 'train', architecture: 'llama', backend: 'webgpu', runtime: 'chromium', implementation: 'stock' };
const counts = { dispatches: 1118, submits: 75, uploads: 1415, readbacks: 1, errors: 0 };

function refusal(...args: string[]): ComdError {
  try {
    readWishes(args);
  } catch (error) {
    if (error instanceof ComdError) return error;
    throw error;
  }
  throw new Error(`${args.join(' ')} was not refused`);
}

describe('the command line of bench', () => {
  test('measures everything in Chromium when nothing is said', () => {
    expect(readWishes([])).toEqual({ work: [], runtime: 'chromium' });
  });

  test('reads every flag', () => {
    const line = '--json a.json --backend wasm --implementation=jax-js --steps 5 --adapter software --runtime dawn --work';
    expect(readWishes([...line.split(' '), 'train llama'])).toEqual({ json: 'a.json', work: ['train', 'llama'], backend: 'wasm', implementation: 'jax-js', steps: 5, adapter: 'software', runtime: 'dawn' });
  });

  test.each([
    ['--backend', 'webgl'], ['--implementation', 'torch'], ['--work', 'sleep'], ['--steps', '0'], ['--runtime', 'deno'], ['--adapter', 'any'], ['--fast'],
  ])(
    'refuses %s %s by name', (...args) => {
      const { code, message, remedy } = refusal(...args);
      expect(code).toBe('settings/invalid');
      expect(message).toContain(args[0]);
      expect(remedy).not.toBe('');
    });

  test('tells its flags when asked', () => {
    expect(readWishes(['--help'])).toBe('help');
  });
});

describe('the cases', () => {
  test('are done by every implementation that can, those of one work one after the other', () => {
    const cases = casesOf({ runtime: 'chromium', work: ['train', 'nano'], backend: 'webgpu' });
    expect(cases.map(({ implementation }) => implementation)).toEqual(['ours', 'stock', 'nanogpt', 'jax-js']);
    expect(casesOf({ runtime: 'chromium', work: [], implementation: 'nanogpt', backend: 'wasm' })).toEqual([]);
  });

  test('are on WebGPU alone, by ours and stock, in Node', () => {
    const cases = casesOf({ runtime: 'dawn', work: [] });
    expect(new Set(cases.map(({ implementation }) => implementation))).toEqual(new Set(['ours', 'stock']));
    expect(new Set(cases.map(({ backend }) => backend))).toEqual(new Set(['webgpu']));
  });

  test('fail alone: the others get their rows all the same', async () => {
    const place: Place = {
      software: true,
      product: () => Promise.resolve({ rate: 1e9, device: 'a device' }),
      measure: ({ implementation }) => implementation === 'nanogpt' ? Promise.reject(new Error('The loss is NaN.'))
        : Promise.resolve({ warmUp: [], milliseconds: [5], counts: [counts], peakBytes: 1 }),
    };
    const { rows, failures } = await run(casesOf({ runtime: 'chromium', work: ['train', 'nano'], backend: 'webgpu' }), undefined, place, () => undefined);
    expect(rows.map(({ implementation }) => implementation)).toEqual(['ours', 'stock', 'jax-js']);
    expect(failures).toEqual([{ work: 'train nano', backend: 'webgpu', runtime: 'chromium', implementation: 'nanogpt', reason: 'The loss is NaN.' }]);
  });
});

describe('the table', () => {
  test('has its rows under each other', () => {
    const row = rowOf(trainOnGpu, { warmUp: [5.5], milliseconds: [1000, 3000, 2000], counts: [counts, counts, counts], peakBytes: 170.8e6 }, 5e8);
    const lines = tableOf([row, { ...row, implementation: 'nanogpt', dispatchesPerStep: null } satisfies Row]);
    expect(lines).toHaveLength(3);
    expect(new Set(lines.map((line) => line.length)).size).toBe(1);
    expect(lines[1]).toContain('1118');
    expect(lines[2]).toContain('–');
  });
});
