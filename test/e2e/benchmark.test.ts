/** `npm run benchmark` as a user meets it, with the bundled student on made-up folders of ten items. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { root } from '../../scripts/built';
import type { BenchmarkResult } from '../../src/evaluate/benchmarks/result';
import { benchmarkFixture } from '../support/benchmark-files';
import { command } from '../support/command';

let place: string;
beforeEach(async () => { place = await mkdtemp(join(tmpdir(), 'comd-benchmark-')); });
afterEach(() => rm(place, { recursive: true }));

const student = join(root, 'public/models/emoji-student');

async function benchmark(name: Parameters<typeof benchmarkFixture>[0], ...flags: string[]): Promise<{ out: string; err: string; result: BenchmarkResult }> {
  const json = join(place, `${name}.json`);
  const { status, out, err } = await command('benchmark', [name, '--data', benchmarkFixture(name), '--model', student, '--backend', 'wasm', '--json', json, ...flags]);
  expect(err).not.toContain('Error');
  expect(status).toBe(0);
  return { out, err, result: JSON.parse(await readFile(json, 'utf8')) as BenchmarkResult };
}

test('answers are read, about images and about none', async () => {
  const { out, err, result } = await benchmark('scienceqa', '--limit', '3', '--max-new', '4');
  expect(result.outcomes.map(({ id }) => id)).toEqual(['4', '7', '9']);
  expect(result.counts).toMatchObject({ items: 3, scored: 3, refused: 0 });
  expect(out).toMatch(/^ScienceQA test, the first 3: accuracy, %\n/);
  expect(err).toContain('answered 3 of 3');
});

test('the losses of choices are compared, and what cannot be asked is named', async () => {
  const { out, result } = await benchmark('seed-bench');
  expect(result.outcomes).toHaveLength(6);
  expect(out).toContain('107: answer:');
});

test('an assessor takes the place of the model, and its unreadable reviews are counted', async () => {
  const { result } = await benchmark('llava-bench', '--limit', '3', '--max-new', '4', '--assessor', student);
  expect(result).toMatchObject({ measure: 'relative score', overall: null, counts: { items: 3, scored: 0, unparsed: 3 } });
});
