/**
 * `npm run experiment`: repeats runs over settings and seeds in a real Chromium, and compares them. What is there already
 * is not made again.
 *
 * Exit status: 0 when every run is there, 1 when some failed or it was interrupted, 2 when a flag was wrong.
 */
import { join, relative, resolve } from 'node:path';
import { version } from '../package.json';
import type { ExperimentName } from '../src/experiments/catalogue';
import { plan, type PlannedRun } from '../src/experiments/plan';
import { resultsOf } from '../src/experiments/results';
import { makeSeries, type SeriesEvent } from '../src/experiments/series';
import { ensureBrowser } from './browser';
import { ensureBuilt, root, serve } from './built';
import { exitCode } from './exit-code';
import { inBrowser } from './experiment-driver';
import { ExperimentFolder } from './experiment-folder';
import { ExperimentLines } from './experiment-lines';
import { experimentHelp, type ExperimentOptions, parseExperiment } from './experiment-options';
import { Progress } from './progress';

process.exit(await exitCode(async () => {
  const options = parseExperiment(process.argv.slice(2));
  if (options.help) console.log(experimentHelp());
  else await experiment(options);
}));

async function experiment({ names, wish, out, onlyReport }: ExperimentOptions): Promise<void> {
  const runs = plan(names, wish);
  const folder = new ExperimentFolder(resolve(out ?? join(root, 'experiments')));
  const write = async (which: readonly ExperimentName[]): Promise<void> => {
    const known = await folder.known(runs, version);
    for (const name of which) await folder.write(resultsOf(name, wish, known));
  };
  await write(names);
  const failed = onlyReport ? 0 : await make(runs, folder, write);
  for (const name of names) console.log(join(relative(process.cwd(), folder.path), name, 'index.html'));
  if (failed > 0) throw new Error(`${failed} of ${runs.length} runs failed: see above. Run the command again to try them again.`);
}

/** Makes what is missing, brings the results up to date after every run, and returns how many runs failed. */
async function make(runs: readonly PlannedRun[], archive: ExperimentFolder, write: (names: readonly ExperimentName[]) => Promise<void>): Promise<number> {
  let progress = new Progress(process.stdout, 0);
  const say = (line: string): void => progress.say(line);
  const browser = ensureBrowser(say);
  await ensureBuilt(say);
  const served = await serve();
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort(new Error('Interrupted. Run the command again: only what is missing is made.')));
  const lines = new ExperimentLines();
  let failed = 0;
  const tell = async (event: SeriesEvent): Promise<void> => {
    const line = lines.lineOf(event);
    if (line !== null) say(line);
    if (event.type === 'begun') progress = new Progress(process.stdout, event.run.settings.iterations);
    if (event.type === 'failed') failed += 1;
    if (event.type === 'failed' || event.type === 'made') await write([...new Set(event.run.uses.map(({ experiment }) => experiment))]);
  };
  try {
    // In a log the run under way would take more lines than all that came of it.
    const make = inBrowser(browser, served.url, (event) => { if (process.stdout.isTTY && event.type === 'progress') progress.hear(event); });
    await makeSeries({ runs, version, archive, make, signal: stop.signal, tell });
  } finally {
    await served.close();
  }
  return failed;
}
