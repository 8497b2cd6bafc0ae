import { describe, expect, test } from 'vitest';
import { benchmarkHelp, parseBenchmark } from '../../../scripts/benchmark-options';
import { ComdError } from '../../../src/errors';

const whole = ['--data', 'SQA', '--model', 'models/tiny'];

function refusal(...args: string[]): ComdError {
  try {
    parseBenchmark(args);
  } catch (error) {
    if (error instanceof ComdError) return error;
    throw error;
  }
  throw new Error(`${args.join(' ')} was not refused`);
}

describe('the command line of benchmark', () => {
  test('asks the whole test split for short answers unless told otherwise', () => {
    expect(parseBenchmark(['scienceqa', ...whole])).toEqual({
      benchmark: 'scienceqa', data: 'SQA', model: 'models/tiny', assessor: null, reviews: null, split: 'test', limit: null, normalisation: 'tokens',
      maxNewTokens: 64, seed: 1, backend: 'auto', weights: 'f32', json: null, help: false,
    });
  });

  test('lets a description be long', () => {
    expect(parseBenchmark(['llava-bench', ...whole, '--assessor', 'judge'])).toMatchObject({ assessor: 'judge', maxNewTokens: 1024 });
  });

  test('needs an assessor for llava-bench, or reviews and then no model', () => {
    expect(refusal('llava-bench', ...whole).message).toBe('--assessor is missing.');
    expect(parseBenchmark(['llava-bench', '--data', 'bench', '--reviews', 'reviews.jsonl'])).toMatchObject({ model: '', reviews: 'reviews.jsonl' });
    expect(refusal('scienceqa', ...whole, '--assessor', 'judge').message).toBe('--assessor has no use for scienceqa.');
    expect(refusal('seed-bench', ...whole, '--reviews', 'x').message).toBe('--reviews has no use for seed-bench.');
  });

  test.each([
    [[], 'No benchmark is named.'],
    [whole, 'No benchmark is named.'],
    [['mmlu', ...whole], 'There is no benchmark "mmlu".'],
    [['scienceqa', '--model', 'x'], '--data is missing.'],
    [['scienceqa', '--data', 'x'], '--model is missing.'],
    [['scienceqa', ...whole, '--limit', '0'], '--limit cannot be "0".'],
    [['seed-bench', ...whole, '--normalisation', 'bytes'], '--normalisation cannot be "bytes".'],
    [['seed-bench', ...whole, '--backend', 'cuda'], '--backend cannot be "cuda".'],
  ])('refuses %j', (args, message) => {
    expect(refusal(...args)).toMatchObject({ code: 'settings/invalid', message });
  });

  test('asks for nothing more where help is wanted, which names every flag', () => {
    expect(parseBenchmark(['--help']).help).toBe(true);
    expect(parseBenchmark(['seed-bench', '--help']).help).toBe(true);
    for (const [flag] of refusal('scienceqa', '--nothing').remedy.matchAll(/--[\w-]+/g)) if (flag !== '--help') expect(benchmarkHelp).toContain(flag);
  });
});
