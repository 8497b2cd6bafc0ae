/** Data that a run is given as a file, a folder or a zip of this machine: taken into the browser's database first, where the run finds it. */
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Page } from 'playwright-core';
import type { ComdData, DataOutcome } from '../src/app/data/terminal';
import { ComdError } from '../src/errors';
import type { Settings } from '../src/settings';
import type { TakeProgress, TakeSummary } from '../workers/data-protocol';
import { contentText, takenText } from '../src/app/data/words';
import { LoadBar } from './load-bar';

declare global {
  interface Window {
    comdDataHeard(progress: TakeProgress): Promise<void>;
  }
}

/** More refusals are counted, not listed. */
const mostListed = 20;

/** Where the terminal says what: refusals go to the standard error. */
export interface Voices {
  say(line: string): void;
  warn(line: string): void;
}

/** Whether the path is a folder. Throws `settings/invalid` where there is nothing. */
export async function dataAt(path: string): Promise<{ path: string; isFolder: boolean }> {
  const found = await stat(resolve(path)).catch(() => undefined);
  if (found !== undefined) return { path: resolve(path), isFolder: found.isDirectory() };
  throw new ComdError('settings/invalid', `There is no file or folder "${path}".`, 'Give --data a file of rows, a folder of pictures with or without rows, or a zip.');
}

/**
 * Takes the data in and gives the setting by which the run finds it. Throws `settings/invalid` where nothing could be taken, and what
 * taking it in failed with.
 */
export async function bringData(page: Page, base: string, path: string, voices: Voices): Promise<Partial<Settings>> {
  const { path: place, isFolder } = await dataAt(path);
  const bar = new LoadBar(process.stdout);
  await openScreen(page, base, ({ done, of }) => bar.move('data', done, of));
  const input = isFolder ? 'folder' : 'files';
  await page.setInputFiles(`#terminal-data-${input}`, place, { timeout: 0 });
  const outcome = await bar.during(() => page.evaluate((from): Promise<DataOutcome> => (window.comdData as ComdData).take(from), input as Parameters<ComdData['take']>[0]));
  if ('error' in outcome) throw asInvalid(path, new ComdError(outcome.error.code, outcome.error.message, outcome.error.remedy));
  const { set, summary } = outcome;
  for (const line of refusals(summary)) voices.warn(line);
  if (set === null) throw new ComdError('settings/invalid', `Of "${path}" nothing could be taken: ${takenText(summary)}`, 'Mend the rows as said above, or give other data.');
  voices.say(`data: ${takenText(summary)} ${set.name} has ${contentText(set)}`);
  return { data: `own:${set.id}` };
}

/** The refused rows, one a line, and how many more there are. */
export function refusals({ refused, faults }: TakeSummary): string[] {
  const lines = faults.slice(0, mostListed).map(({ file, row, field, reason }) => `${file}, row ${row}: ${field === '' ? '' : `${field} `}${reason}`);
  return refused > lines.length ? [...lines, `and ${refused - lines.length} more refused`] : lines;
}

async function openScreen(page: Page, base: string, hear: (progress: TakeProgress) => void): Promise<void> {
  await page.exposeFunction('comdDataHeard', hear);
  await page.addInitScript(() => {
    window.addEventListener('comd-data', (event) => void window.comdDataHeard(event.detail));
  });
  await page.goto(`${base}?screen=data`);
  await page.waitForFunction(() => window.comdData !== undefined, undefined, { timeout: 60_000 });
}

/** What cannot be read was named wrongly. */
function asInvalid(path: string, error: ComdError): ComdError {
  return error.code === 'data/unreadable' ? new ComdError('settings/invalid', `--data "${path}": ${error.message}`, error.remedy, { cause: error }) : error;
}
