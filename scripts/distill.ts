/**
 * `npm run distill`: the main job. Builds the page, runs it in a real Chromium and leaves `runs/<name>/`.
 *
 * Exit status: 0 when the run finished, 1 when it did not, 2 when a flag was wrong.
 */
import { readFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import type { Page } from 'playwright-core';
import type { Report } from '../src/comd/report';
import { presets, settingsOf } from '../src/presets';
import type { Settings } from '../src/settings';
import { bringData, dataAt } from './bring-data';
import { bringModels } from './bring-models';
import { ensureBrowser } from './browser';
import { ensureBuilt, root, serve } from './built';
import { drive } from './drive';
import { exitCode } from './exit-code';
import { claimFolder, unpack } from './leave';
import { helpText, parseOptions, type Options } from './options';
import { Progress } from './progress';
import { ensureStamps } from './stamps/ensure';
import { summary } from './summary';

/** The page promises to answer within this. */
const longestTaskMs = 50;

process.exit(await exitCode(async () => {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) console.log(helpText());
  else await distill(options);
}));

async function distill(options: Options): Promise<void> {
  const settings = settingsOf(options.preset, options.overrides);
  const models = [settings.teacher, settings.student, settings.assessor, settings.augmentor];
  const folder = resolve(options.out ?? join(root, 'runs', runName(options.preset, settings.seed, new Date())));
  // Before anything is built or written.
  if (options.data !== null) await dataAt(options.data);
  await claimFolder(folder);
  const progress = new Progress(process.stdout, settings.iterations);
  const say = (line: string): void => progress.say(line);
  const browser = ensureBrowser(say);
  if (presets[options.preset].dataset === 'stamps') ensureStamps(say);
  await ensureBuilt(say);
  const served = await serve();
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  try {
    await drive({
      browser, url: async (page) => runUrl(served.url, options, { ...await bringModels(page, served.url, options.overrides, say), ...await ownData(page, served.url, options, say) }),
      foreign: models.some((model) => /^https?:/.test(model)), webgpu: settings.backend === 'webgpu', visible: options.open,
      signal: stop.signal, listen: (event) => progress.hear(event),
    }, async ({ zip, longestTask }) => {
      const files = await unpack(zip, folder);
      const report = JSON.parse(await readFile(join(folder, 'report.json'), 'utf8')) as Report;
      say(`\n${summary(report)}`);
      say(`Longest task of the page's main thread: ${longestTask.toFixed(0)} ms (aim: at most ${longestTaskMs} ms)`);
      say(`\n${places(folder, files)}`);
    });
  } finally {
    await served.close();
  }
}

/** The setting that names the data of `--data`, once that is in the browser; none where nothing was given. */
function ownData(page: Page, base: string, { data }: Options, say: (line: string) => void): Promise<Partial<Settings>> {
  return data === null ? Promise.resolve({}) : bringData(page, base, data, { say, warn: (line) => console.error(line) });
}

function runUrl(base: string, options: Options, brought: Partial<Settings>): string {
  const query = new URLSearchParams({ preset: options.preset });
  for (const [name, value] of Object.entries({ ...options.overrides, ...brought })) query.set(name, String(value));
  query.set('autostart', '1');
  return `${base}?${query}`;
}

/** As `emoji-1-20261123-030126`. */
function runName(preset: string, seed: number, date: Date): string {
  const stamp = date.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
  return `${preset}-${seed}-${stamp}`;
}

/** The folder and what lies at its top. */
function places(folder: string, files: string[]): string {
  const here = relative(process.cwd(), folder);
  const top = [...new Set(files.map((name) => name.split('/').slice(0, name.startsWith('pools/') ? 2 : 1).join('/')))];
  return [`${here.startsWith('..') ? folder : here}/`, ...top.map((name) => `  ${name}`)].join('\n');
}
