/** `npm run experiment` as a user meets it: real runs, as small as they can be, then none because all are there. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Results } from '../../src/experiments/results';
import { command } from '../support/command';

let place: string;
beforeAll(async () => { place = await mkdtemp(join(tmpdir(), 'comd-experiments-')); });
afterAll(() => rm(place, { recursive: true }));

const asked = (...more: string[]) => ['strategies', '--seeds', '1', '--preset', 'tiny', '--set', 'iterations=2', '--backend', 'wasm', '--out', place, ...more];

test('makes every run once, says a line of each, and leaves results that lead to the reports', async () => {
  const first = await command('experiment', asked());
  expect(first.err).not.toContain('Error');
  expect(first.status).toBe(0);
  expect(first.out).toContain('4 runs to make.');
  for (const strategy of ['comd', 'random', 'one-way', 'none']) expect(first.out).toMatch(new RegExp(`strategies ${strategy}, seed 1: \\d+\\.\\d % in \\d+ s`));
  const runs = await readdir(join(place, 'runs'));
  expect(runs).toHaveLength(4);
  for (const run of runs) expect((await readdir(join(place, 'runs', run))).sort()).toEqual(['report.html', 'report.json']);
  const { points } = JSON.parse(await readFile(join(place, 'strategies', 'results.json'), 'utf8')) as Results;
  expect(points.map(({ measured }) => measured.length)).toEqual([1, 1, 1, 1]);
  expect(new Set(points.map(({ spent }) => spent?.steps)).size).toBe(1);
  const html = await readFile(join(place, 'strategies', 'index.html'), 'utf8');
  for (const run of runs) expect(html).toContain(`../runs/${run}/report.html`);

  const second = await command('experiment', asked());
  expect([second.status, second.out.includes('0 runs to make, 4 there already.')]).toEqual([0, true]);
});

test('refuses an experiment that there is not with status 2, and says which there are', async () => {
  const { status, err } = await command('experiment', ['speed']);
  expect(status).toBe(2);
  expect(err).toContain('strategies');
});
