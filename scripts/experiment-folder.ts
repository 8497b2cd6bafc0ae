/**
 * The folder of experiments: the report of every run under `runs/<id>/`, and the results of every experiment under its
 * name. A run is there when its `report.json` is, which is written last.
 */
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Report } from '../src/comd/report';
import { experimentNames, type ExperimentName } from '../src/experiments/catalogue';
import { type Failure, type Outcome, outcomeOf } from '../src/experiments/outcome';
import { isOf, type PlannedRun } from '../src/experiments/plan';
import { plotSvg } from '../src/experiments/plot-svg';
import { readReport } from '../src/experiments/report-file';
import { reportHtml } from '../src/experiments/report-html';
import type { Known, Results } from '../src/experiments/results';
import { resultsCsv, resultsJson } from '../src/experiments/results-file';
import { contentsHtml, resultsHtml } from '../src/experiments/results-html';
import type { Archive } from '../src/experiments/series';

export class ExperimentFolder implements Archive {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  async outcome(run: string): Promise<Outcome | null> {
    const report = readReport(await textOf(this.#inRun(run, 'report.json')));
    return report === null ? null : outcomeOf(run, report);
  }

  async keep({ id }: PlannedRun, report: Report): Promise<void> {
    await mkdir(this.#inRun(id), { recursive: true });
    await writeFile(this.#inRun(id, 'report.html'), reportHtml(report));
    await write(this.#inRun(id, 'report.json'), `${JSON.stringify(report, null, 2)}\n`);
    await rm(this.#inRun(id, 'failed.json'), { force: true });
  }

  async keepFailure({ id, preset, settings }: PlannedRun, failure: Failure): Promise<void> {
    await mkdir(this.#inRun(id), { recursive: true });
    // What lies there was made by another version, or it would not have been made again.
    for (const name of ['report.json', 'report.html']) await rm(this.#inRun(id, name), { force: true });
    await write(this.#inRun(id, 'failed.json'), `${JSON.stringify({ ...failure, preset, settings }, null, 2)}\n`);
  }

  /** What is there of these runs, as this version has made it. */
  async known(runs: readonly PlannedRun[], version: string): Promise<Known> {
    const outcomes = new Map<string, Outcome>();
    const failures = new Map<string, Failure>();
    for (const run of runs) {
      const outcome = await this.outcome(run.id);
      const failed = await textOf(this.#inRun(run.id, 'failed.json'));
      if (outcome !== null && isOf(run, version, outcome)) outcomes.set(run.id, outcome);
      else if (failed !== '') failures.set(run.id, { run: run.id, seed: run.seed, message: messageIn(failed), remedy: '' });
    }
    return { outcomes, failures };
  }

  /** Writes an experiment's results, and the page that leads to all that have some. */
  async write(results: Results): Promise<void> {
    const folder = join(this.path, results.experiment);
    await mkdir(folder, { recursive: true });
    await write(join(folder, 'results.json'), resultsJson(results));
    await write(join(folder, 'results.csv'), resultsCsv(results));
    await write(join(folder, 'plot.svg'), `${plotSvg(results)}\n`);
    await write(join(folder, 'index.html'), resultsHtml(results));
    await write(join(this.path, 'index.html'), contentsHtml(await this.#written()));
  }

  async #written(): Promise<ExperimentName[]> {
    const there = await Promise.all(experimentNames.map(async (name) => await textOf(join(this.path, name, 'results.json')) !== ''));
    return experimentNames.filter((_, index) => there[index]);
  }

  #inRun(run: string, file = ''): string {
    return join(this.path, 'runs', run, file);
  }
}

/** The text of a file, or nothing where there is none. */
async function textOf(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
}

/** Writes a file whole or not at all, whenever it is interrupted. */
async function write(path: string, text: string): Promise<void> {
  await writeFile(`${path}.part`, text);
  await rename(`${path}.part`, path);
}

function messageIn(text: string): string {
  const failure = JSON.parse(text) as Partial<Failure>;
  return failure.message ?? 'The run failed.';
}
