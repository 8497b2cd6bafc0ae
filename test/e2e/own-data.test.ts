/** `npm run distill -- --data`: a run over a folder of one's own, and what is refused. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { LlavaRecord } from '../../src/data/llava';
import type { Report } from '../../src/comd/report';
import { jsonLines, llavaRow, pictureBytes } from '../support/own-data';
import { command } from '../support/command';

let place: string;
beforeEach(async () => { place = await mkdtemp(join(tmpdir(), 'comd-own-')); });
afterEach(() => rm(place, { recursive: true }));

async function folderOf(rows: readonly object[], pictures: number): Promise<string> {
  const folder = join(place, 'birds');
  await mkdir(join(folder, 'images'), { recursive: true });
  await writeFile(join(folder, 'rows.jsonl'), jsonLines(rows));
  for (let i = 0; i < pictures; i++) await writeFile(join(folder, 'images', `${i}.png`), pictureBytes(i * 40));
  return folder;
}

test('a folder of JSONL and pictures becomes the data of a run; what is refused goes to the standard error', async () => {
  const rows = Array.from({ length: 40 }, (_, i) => llavaRow(`bird-${i}`, i === 7 ? 'images/gone.png' : `images/${i}.png`, `what colour is bird ${i}?`, i % 2 === 0 ? 'red' : 'blue'));
  const out = join(place, 'run');
  const { status, out: said, err } = await command('distill', ['--preset', 'tiny', '--iterations', '1', '--backend', 'wasm', '--data', await folderOf(rows, 40), '--out', out]);
  expect(err).toContain('row 8: image names the picture "images/gone.png"');
  expect(err).not.toContain('Error');
  expect(status).toBe(0);
  expect(said).toContain('39 rows taken');
  const report = JSON.parse(await readFile(join(out, 'report.json'), 'utf8')) as Report;
  expect(report.settings.data).toMatch(/^own:birds-[0-9a-f]{8}$/);
  const pool = JSON.parse(await readFile(join(out, 'pools', 'tuning.json'), 'utf8')) as LlavaRecord[];
  expect(pool).toHaveLength(16);
  expect(pool.every(({ conversations: [question] }) => question.value.includes('what colour is bird'))).toBe(true);
});

test('a path that is not there, and data of which nothing can be taken, end with status 2', async () => {
  const missing = await command('distill', ['--preset', 'tiny', '--data', join(place, 'nowhere')]);
  expect([missing.status, missing.err]).toEqual([2, expect.stringContaining('nowhere')]);
  const folder = await folderOf(Array.from({ length: 30 }, (_, i) => llavaRow(`${i}`, 'gone.png', 'what is it?', 'a bird')), 0);
  const nothing = await command('distill', ['--preset', 'tiny', '--data', folder, '--out', join(place, 'run')]);
  expect(nothing.status).toBe(2);
  expect(nothing.err).toContain('and 10 more refused');
  expect(nothing.err).toContain('None of 30 rows could be taken');
});
