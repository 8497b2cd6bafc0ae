/**
 * `npm run audit`: audits a teacher in its three roles in a real Chromium by the page's own code. The tables go to the standard
 * output, everything else beside it.
 *
 * Exit status: 0 when it was audited, whether or not it reaches its targets, 1 when it could not be, 2 when a flag was wrong.
 */
import { existsSync } from 'node:fs';
import { stat, writeFile } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { isBundled } from '../src/comd/models';
import { ComdError } from '../src/errors';
import { targetsOf } from '../src/experiments/audit/targets';
import { wrongAnswersAre } from '../src/experiments/audit/wrong-answers';
import { presets, settingsOf } from '../src/presets';
import { withAuditPage } from './audit/drive';
import { auditTables } from './audit/table';
import { auditHelp, type AuditWishes, readAuditWishes } from './audit/wishes';
import { ensureBrowser } from './browser';
import { exitCode } from './exit-code';
import { LoadBar } from './load-bar';
import { filesOf, isAddress } from './models-page';
import { StageLine } from './stage-line';
import { ensureStamps } from './stamps/ensure';

const say = (line: string): void => { process.stderr.write(`${line}\n`); };
const stages = { answers: 'answered', marks: 'marked', instructions: 'written' } as const;

process.exit(await exitCode(async () => {
  const wishes = readAuditWishes(process.argv.slice(2));
  if (wishes.help) return console.log(auditHelp);
  await audit(wishes);
}));

async function audit({ preset, overrides, teacher: named, items, json }: AuditWishes): Promise<void> {
  if (json !== null && !existsSync(dirname(resolve(json)))) throw new ComdError('settings/invalid', `There is no folder for "${json}".`, 'Give --json a file in a folder that is there.');
  const files = named === null ? [] : await filesAt(named);
  const settings = settingsOf(preset, { ...overrides, teacher: named ?? '' });
  const browser = ensureBrowser(say);
  if (presets[preset].dataset === 'stamps') ensureStamps(say);
  const bar = new LoadBar(process.stderr);
  const line = new StageLine(process.stderr);
  const { teacher, found } = await withAuditPage({
    browser, audited: { preset, settings, picked: files.length > 0 ? basename(resolve(named ?? '')) : null }, files,
    foreign: files.length === 0 && isAddress(named ?? ''),
    tell: (stage, done, of) => line.say(stages[stage], done, of),
    loads: (file, loaded, total) => bar.move(file, loaded, total),
  }, async (page) => ({ teacher: await bar.during(() => page.load()), found: await page.audit(items) })).finally(() => line.end());
  const { name, parameters, backend, adapter } = teacher;
  console.log(`${name}, ${parameters.toLocaleString('en-US')} parameters, ${backend} on ${adapter}; preset ${preset}, seed ${settings.seed}\n\n${auditTables(found)}`);
  if (json === null) return;
  const about = { teacher: { name, parameters }, backend, adapter, preset, seed: settings.seed, wrongAnswers: wrongAnswersAre };
  await writeFile(json, `${JSON.stringify({ ...about, targets: targetsOf(found), ...found }, null, 1)}\n`);
}

/** The files of a teacher of this machine; none where an address or a bundled model is named. Throws `settings/invalid`. */
async function filesAt(named: string): Promise<string[]> {
  const path = resolve(named);
  const found = await stat(path).catch(() => undefined);
  if (found === undefined && !isBundled(named) && !isAddress(named)) {
    throw new ComdError('settings/invalid', `There is no file or folder "${named}".`, 'Give --teacher a folder, a .gguf file, an address, org/name, or bundled:NAME.');
  }
  if (found === undefined) return [];
  const files = found.isDirectory() ? await filesOf(path) : [path];
  if (files.length === 0) throw new ComdError('settings/invalid', `The folder "${named}" holds no files.`, 'Give the folder that holds config.json and the weights.');
  return files;
}
