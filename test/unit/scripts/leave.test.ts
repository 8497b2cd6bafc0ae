import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { claimFolder, unpack } from '../../../scripts/leave';

let place: string;
beforeEach(async () => { place = await mkdtemp(join(tmpdir(), 'comd-test-')); });
afterEach(() => rm(place, { recursive: true }));

async function zip(files: Record<string, string>): Promise<string> {
  const path = join(place, 'run.zip');
  await writeFile(path, zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)]))));
  return path;
}

describe('the folder of a run', () => {
  test('is made where there is none', async () => {
    await claimFolder(join(place, 'a/b'));
    expect(await unpack(await zip({ 'report.json': '{}' }), join(place, 'a/b'))).toEqual(['report.json']);
  });

  test('is refused when it already holds something', async () => {
    await writeFile(join(place, 'report.json'), 'old');
    await expect(claimFolder(place)).rejects.toThrow(place);
    expect(await readFile(join(place, 'report.json'), 'utf8')).toBe('old');
  });

  test('holds every file of the download, in its folder', async () => {
    const names = await unpack(await zip({ 'student/config.json': '{"a":1}', 'report.json': '{}' }), join(place, 'out'));
    expect(names).toEqual(['report.json', 'student/config.json']);
    expect(await readFile(join(place, 'out/student/config.json'), 'utf8')).toBe('{"a":1}');
  });

  test('is never left by a file of the download', async () => {
    await expect(unpack(await zip({ '../evil.txt': 'x' }), join(place, 'out'))).rejects.toThrow('../evil.txt');
  });
});
