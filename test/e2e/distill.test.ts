/**
 * `npm run distill` as a user meets it: its flags, its exit status and what it leaves.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { root } from '../../scripts/built';
import type { Report } from '../../src/comd/report';

let place: string;
beforeEach(async () => { place = await mkdtemp(join(tmpdir(), 'comd-distill-')); });
afterEach(() => rm(place, { recursive: true }));

function distill(...args: string[]): Promise<{ status: number | null; out: string; err: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--import', 'tsx', 'scripts/distill.ts', ...args], { cwd: root });
    let [out, err] = ['', ''];
    child.stdout.on('data', (text) => { out += String(text); });
    child.stderr.on('data', (text) => { err += String(text); });
    child.on('close', (status) => resolve({ status, out, err }));
  });
}

describe('distill', () => {
  test.each([
    [['--taus', '0.3'], '--taus', '--tau'],
    [['--backend', 'cuda'], 'cuda', 'auto, webgpu, wasm'],
    [['--preset', 'huge'], 'huge', 'tiny'],
    [['--iterations', '0'], 'iterations', 'from 1 to 12'],
  ])('refuses %j with status 2 and says what is allowed', async (args, wrong, allowed) => {
    const { status, err } = await distill(...args);
    expect(status).toBe(2);
    expect(err).toContain(wrong);
    expect(err).toContain(allowed);
  });

  test('refuses to write over what a folder holds', async () => {
    await writeFile(join(place, 'report.json'), 'kept');
    const { status, err } = await distill('--preset', 'tiny', '--out', place);
    expect(status).toBe(2);
    expect(err).toContain(place);
    expect(await readFile(join(place, 'report.json'), 'utf8')).toBe('kept');
  });

  test('ends with status 1 and the remedy when WebGPU is asked for and there is no adapter', async () => {
    const { status, err } = await distill('--preset', 'tiny', '--backend', 'webgpu', '--out', join(place, 'run'));
    expect(status).toBe(1);
    expect(err).toMatch(/WebGPU/);
    expect(err).toMatch(/wasm|auto/);
  });

  test('runs the cycle, prints its table and leaves the files that it names', async () => {
    const folder = join(place, 'run');
    const { status, out, err } = await distill('--preset', 'tiny', '--iterations', '2', '--seed', '5', '--backend', 'wasm', '--out', folder);
    expect(err).not.toContain('Error');
    expect(status).toBe(0);
    for (const row of ['blind baseline', 'after stage 1', 'iteration 1', 'iteration 2', 'teacher', folder]) expect(out).toContain(row);
    expect((await readdir(folder)).sort()).toEqual(['pools', 'report.html', 'report.json', 'student']);
    expect(await readdir(join(folder, 'student'))).toContain('config.json');
    const pools = await readdir(join(folder, 'pools'));
    for (const name of ['tuning.json', 'cache.json']) expect(pools).toContain(name);
    const report = JSON.parse(await readFile(join(folder, 'report.json'), 'utf8')) as Report;
    expect(report).toMatchObject({ preset: 'tiny', seed: 5, backend: 'wasm', settings: { seed: 5, iterations: 2 } });
  });
});
