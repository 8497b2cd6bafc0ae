import { describe, expect, test } from 'vitest';
import { modelCasesOf } from '../../../scripts/bench/steps/model-cases';
import { runModels, type ModelsPlace } from '../../../scripts/bench/steps/run-models';
import { tableOf } from '../../../scripts/bench/steps/table';
import { readWishes, type BenchWishes } from '../../../scripts/bench/steps/wishes';
import { rowOf } from '../../../src/bench/row';

const counts = { dispatches: 700, submits: 3, uploads: 4, readbacks: 1, errors: 0 };
const wished = (...args: string[]): BenchWishes => readWishes(args) as BenchWishes;
const worksOf = (...args: string[]): string[] => modelCasesOf(wished(...args)).map(({ work, backend }) => `${work} ${backend}`);

describe('the works of models', () => {
  test('are not measured but where a word of theirs alone is given', () => {
    expect(worksOf()).toEqual([]);
    expect(worksOf('--work', 'train')).toEqual([]);
    expect(worksOf('--work', 'train llama')).toEqual([]);
    expect(worksOf('--work', 'tune')).toEqual(['tune student webgpu', 'tune student wasm']);
    expect(worksOf('--work', 'train smollm2', '--backend', 'wasm')).toEqual(['train smollm2 wasm']);
    expect(worksOf('--work', 'smollm2', '--implementation', 'stock')).toEqual([]);
  });

  test('are on WebGPU and without the student in Node', () => {
    expect(worksOf('--work', 'smollm2', '--runtime', 'dawn')).toEqual(['train smollm2 webgpu', 'adapt smollm2 webgpu', 'decode smollm2 webgpu']);
    expect(worksOf('--work', 'student', '--runtime', 'dawn')).toEqual([]);
  });

  test('are at full size where nothing is said, and train no packed decoder', () => {
    expect(modelCasesOf(wished('--work', 'decode smollm2'))[0]).toMatchObject({ weights: 'int4', layers: 30, tokens: 128, recompute: false });
    expect(worksOf('--work', 'smollm2', '--weights', 'int8', '--backend', 'webgpu')).toEqual(['adapt smollm2 webgpu', 'decode smollm2 webgpu']);
    const [trial] = modelCasesOf(wished('--work', 'train smollm2', '--layers', '2', '--tokens', '64', '--recompute', '--threads', '1'));
    expect(trial).toMatchObject({ weights: 'f32', layers: 2, tokens: 64, recompute: true, threads: 1 });
  });

  test.each([[['--layers', '2']], [['--work', 'train', '--recompute']], [['--work', 'smollm2', '--weights', 'int3']], [['--work', 'smollm2', '--layers', '31']]])(
    'refuse %j', (args) => { expect(() => readWishes(args)).toThrow(args.find((arg) => arg.startsWith('--') && arg !== '--work')); });

  test('fail alone, and one device\'s most is looked for once', async () => {
    let looked = 0;
    const place: ModelsPlace = {
      software: true,
      peaks: () => Promise.resolve({ device: `device ${++looked}`, product: 4e9, copy: 1e9 }),
      model: ({ work }) => work === 'adapt smollm2' ? Promise.reject(new Error('The loss is NaN.\n    at a stack'))
        : Promise.resolve({ warmUp: [], milliseconds: [5], counts: [counts], peakBytes: 1, weights: 'f32', tokens: 5, operations: 1e6 }),
    };
    const { rows, failures } = await runModels(modelCasesOf(wished('--work', 'smollm2', '--backend', 'webgpu')), undefined, place, () => undefined);
    expect(rows.map(({ work }) => work)).toEqual(['train smollm2', 'decode smollm2']);
    expect(failures).toEqual([{ work: 'adapt smollm2', backend: 'webgpu', runtime: 'chromium', implementation: 'ours', reason: 'The loss is NaN.' }]);
    expect(looked).toBe(1);
  });

  test('bring columns of their own to the table, which others do not have', () => {
    const measured = { warmUp: [], milliseconds: [5], counts: [counts], peakBytes: 1 };
    const other = rowOf({ task: 'train', architecture: 'llama', backend: 'webgpu', runtime: 'chromium', implementation: 'ours' }, measured, 1e9);
    expect(tableOf([other])[0]).not.toMatch(/weights|share/);
    const model = { ...other, work: 'adapt smollm2' as const, weights: 'int8' as const, shareOfMatmul: 0.25 };
    const lines = tableOf([other, model]);
    expect(lines[0]).toMatch(/share +weights/);
    expect(lines[0]).not.toMatch(/threads|MB\/token/);
    expect(lines[2]).toContain('int8');
    expect(new Set(lines.map((line) => line.length)).size).toBe(1);
  });
});
