/**
 * `npm run bench`: one and the same training step, and the decoding of one token, by this project and by what else there is,
 * side by side in one run: on WebGPU and WASM, in a real Chromium, or on WebGPU in Node.
 *
 * Exit status: 0 when all was measured, 1 when something could not be, 2 when a flag was wrong.
 */
import { writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { ComdError } from '../src/errors';
import { inChromium } from './bench/steps/chromium';
import { runDawn } from './bench/steps/dawn-run';
import { casesOf } from './bench/steps/implementations';
import { modelCasesOf } from './bench/steps/model-cases';
import { ensurePeers, peers } from './bench/steps/peers';
import { tableOf } from './bench/steps/table';
import { help, readWishes } from './bench/steps/wishes';
import { exitCode } from './exit-code';

const say = (line: string): void => { process.stderr.write(`${line}\n`); };
const load = (): string => loadavg().map((average) => average.toFixed(2)).join(' ');
const processors = (): string => `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`;

process.exit(await exitCode(async () => {
  const wishes = readWishes(process.argv.slice(2));
  if (wishes === 'help') return console.log(help);
  const cases = casesOf(wishes);
  const models = modelCasesOf(wishes);
  if (cases.length + models.length === 0) {
    throw new ComdError('settings/invalid', 'Nothing is left to be measured.', 'Leave a flag out: not every implementation does every work everywhere.');
  }
  if (wishes.runtime === 'dawn' || cases.some(({ implementation }) => peers.includes(implementation))) ensurePeers(say);
  if (wishes.runtime === 'dawn') return await runDawn(process.argv.slice(2), say);
  const before = load();
  const report = await inChromium(cases, models, wishes, say);
  for (const line of tableOf(report.rows)) console.log(line);
  if (wishes.json !== undefined) {
    await writeFile(wishes.json, `${JSON.stringify({ processors: processors(), load: { before, after: load() }, ...report }, null, 2)}\n`);
  }
  if (report.failures.length > 0) throw new Error(`${report.failures.length} of ${cases.length + models.length} could not be measured: see above.`);
}));
