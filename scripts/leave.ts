/**
 * Puts what a run leaves into a folder: report, student and pools. It refuses to mix two runs.
 */
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { unzipSync } from 'fflate';
import { ComdError } from '../src/errors';

/** Makes the folder. Throws `settings/invalid` where it already holds something, or is a file. */
export async function claimFolder(folder: string): Promise<void> {
  if ((await stat(folder).catch(() => undefined))?.isFile()) throw new ComdError('settings/invalid', `${folder} is a file.`, 'Give --out a folder.');
  await mkdir(folder, { recursive: true });
  if ((await readdir(folder)).length > 0) {
    throw new ComdError('settings/invalid', `The folder ${folder} is not empty.`, 'Give --out another folder, or empty this one.');
  }
}

/** Unpacks the zip at `path` into `folder`; returns the names of its files in order. */
export async function unpack(path: string, folder: string): Promise<string[]> {
  const files = Object.entries(unzipSync(await readFile(path))).filter(([name]) => !name.endsWith('/'));
  for (const [name, bytes] of files) {
    if (normalize(name).startsWith('..')) throw new Error(`The download holds "${name}", which lies outside of its folder.`);
    const target = join(folder, name);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, bytes);
  }
  return files.map(([name]) => name).sort();
}
