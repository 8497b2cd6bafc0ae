import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runUrl } from '../../../scripts/experiment-driver';
import { ExperimentFolder } from '../../../scripts/experiment-folder';
import { ExperimentLines, nameOf } from '../../../scripts/experiment-lines';
import { experimentHelp, parseExperiment } from '../../../scripts/experiment-options';
import { readAddress } from '../../../src/app/address';
import { ComdError } from '../../../src/errors';
import { experimentNames } from '../../../src/experiments/catalogue';
import { plan, type PlannedRun } from '../../../src/experiments/plan';
import { resultsOf } from '../../../src/experiments/results';
import { makeSeries, type SeriesEvent } from '../../../src/experiments/series';
import { schema } from '../../../src/settings';
import { outcomeOfRun, reportOfRun, wishOf } from '../../support/synthetic-outcomes';

function refusal(...args: string[]): ComdError {
  try {
    parseExperiment(args);
  } catch (error) {
    if (error instanceof ComdError) return error;
    throw error;
  }
  throw new Error(`${args.join(' ')} was not refused`);
}

describe('the command line of experiment', () => {
  test('runs what is named with three seeds of the preset for experiments', () => {
    expect(parseExperiment(['soft', 'tau', 'tau'])).toEqual({
      names: ['tau', 'soft'], wish: { preset: 'experiment', seeds: 3, overrides: {} }, out: null, onlyReport: false, help: false,
    });
  });

  test('takes all of them by one word', () => {
    expect(parseExperiment(['all']).names).toEqual(experimentNames);
  });

  test('reads its flags, and settings as distill does', () => {
    const { wish, out, onlyReport } = parseExperiment(['pool', '--seeds', '5', '--preset', 'tiny', '--set', 'tau=0.5', '--backend', 'wasm', '--out', 'x', '--only-report']);
    expect(wish).toEqual({ preset: 'tiny', seeds: 5, overrides: { tau: 0.5, backend: 'wasm' } });
    expect([out, onlyReport]).toEqual(['x', true]);
  });

  test.each([
    [['speed'], 'speed', 'strategies'], [[], 'No experiment', 'all'], [['tau', '--seeds', '0'], '--seeds', 'from 1'], [['tau', '--preset', 'huge'], 'huge', 'tiny'],
    [['tau', '--set', 'seed=3'], 'seed', '--seeds'], [['tau', '--backend', 'cuda'], 'backend', 'wasm'], [['tau', '--tau', '1'], '--tau', '--set'],
  ])('refuses %j and says what is allowed', (args, wrong, allowed) => {
    const { code, message, remedy } = refusal(...args);
    expect(code).toBe('settings/invalid');
    expect(message).toContain(wrong);
    expect(remedy).toContain(allowed);
  });

  test('needs no name to be helped, and names all experiments and flags then', () => {
    expect(parseExperiment(['--help']).help).toBe(true);
    for (const word of [...experimentNames, '--seeds', '--preset', '--set', '--backend', '--out', '--only-report']) expect(experimentHelp()).toContain(word);
  });
});

describe('the address of a run', () => {
  test('gives the page the very settings that were planned', () => {
    for (const run of plan(experimentNames, { preset: 'experiment', seeds: 2, overrides: { backend: schema.backend.choices[2] } })) {
      const { draft, autostart, error } = readAddress(new URL(runUrl('http://127.0.0.1:1/', run)).search);
      expect([draft.preset, autostart, error]).toEqual([run.preset, true, null]);
      expect(draft.texts).toMatchObject({ backend: 'wasm' });
      const texts = new Map<string, string | undefined>(Object.entries(draft.texts));
      for (const { experiment, variant } of run.uses) if (experiment === 'strategies' && variant !== 'comd') expect(texts.get('strategy')).toBe(variant);
    }
  });
});

describe('what is said of a series', () => {
  const [run] = plan(experimentNames, wishOf(1)).filter(({ uses }) => uses.length > 1) as [PlannedRun];
  const at = (hour: number) => new Date(2026, 0, 1, hour, 0, 0);

  test('is a line for each run, with how many are left and until when', () => {
    const lines = new ExperimentLines(() => at(20));
    const made = (seconds: number, left: number): SeriesEvent => ({ type: 'made', run, outcome: outcomeOfRun(run, 0.7), seconds, left });
    expect(lines.lineOf({ type: 'planned', todo: 3, made: 2 })).toBe('3 runs to make, 2 there already.');
    expect(lines.lineOf({ type: 'begun', run, place: 1, of: 3 })).toBeNull();
    expect(lines.lineOf(made(100, 36))).toBe('tau 0.33, seed 1 (and 8 other experiments): 70.0 % in 100 s; 36 left, until about 21:00');
    expect(lines.lineOf(made(300, 72))).toMatch(/72 left, until about 00:00 tomorrow$/);
    expect(lines.lineOf(made(200, 0))).toMatch(/none left$/);
  });

  test('names all points that one run gives', () => {
    const [long] = plan(['iterations'], wishOf(1)) as [PlannedRun];
    expect(nameOf(long)).toBe('iterations 0/1/2/3/4/5/6, seed 1');
  });

  test('tells of a run that failed what happened and what to do', () => {
    const line = new ExperimentLines(() => at(20)).lineOf({ type: 'failed', run, failure: { run: run.id, seed: 1, message: 'It broke.', remedy: 'Mend it.' }, seconds: 12, left: 0 });
    expect(line).toBe('tau 0.33, seed 1 (and 8 other experiments): failed after 12 s: It broke. Mend it. none left');
  });
});

describe('the folder of experiments', () => {
  let place: string;
  beforeEach(async () => { place = await mkdtemp(join(tmpdir(), 'comd-experiments-')); });
  afterEach(() => rm(place, { recursive: true }));
  const runs = plan(['stage1'], wishOf(1));
  const [first, second] = runs as [PlannedRun, PlannedRun];

  const todo = async (folder: ExperimentFolder, version = '0.1.0'): Promise<string[]> => {
    const begun: string[] = [];
    await makeSeries({
      runs, version, archive: folder, make: async (run) => reportOfRun(run), signal: new AbortController().signal,
      tell: (event) => { if (event.type === 'begun') begun.push(event.run.id); },
    });
    return begun;
  };

  test('keeps two files of a run, and the run is then not made again', async () => {
    const folder = new ExperimentFolder(place);
    expect(await todo(folder)).toEqual([first.id, second.id]);
    expect((await readdir(join(place, 'runs', first.id))).sort()).toEqual(['report.html', 'report.json']);
    expect(await todo(new ExperimentFolder(place))).toEqual([]);
  });

  test('makes anew what was interrupted before its report was whole, or was made with other settings or by another version', async () => {
    const folder = new ExperimentFolder(place);
    await todo(folder);
    const report = join(place, 'runs', first.id, 'report.json');
    await writeFile(report, (await readFile(report, 'utf8')).slice(0, 500));
    expect(await todo(folder)).toEqual([first.id]);
    await rm(report);
    expect(await todo(folder)).toEqual([first.id]);
    await writeFile(report, JSON.stringify(reportOfRun({ ...first, settings: { ...first.settings, pool: 3 } })));
    expect(await todo(folder)).toEqual([first.id]);
    await writeFile(report, JSON.stringify({ ...reportOfRun(first), iterations: 'many' }));
    expect(await todo(folder)).toEqual([first.id]);
    expect(await todo(folder, '9.9.9')).toEqual([first.id, second.id]);
  });

  test('keeps why a run failed until it has been made', async () => {
    const folder = new ExperimentFolder(place);
    await folder.keepFailure(first, { run: first.id, seed: 1, message: 'It broke.', remedy: 'Mend it.' });
    const known = await folder.known(runs, '0.1.0');
    expect([...known.failures.values()].map(({ message }) => message)).toEqual(['It broke.']);
    expect(await todo(folder)).toEqual([first.id, second.id]);
    expect((await folder.known(runs, '0.1.0')).failures.size).toBe(0);
  });

  test('has results of every experiment, and a page that leads to them, beside what others left there', async () => {
    const folder = new ExperimentFolder(place);
    await mkdir(join(place, 'notes'));
    await todo(folder);
    await folder.write(resultsOf('stage1', wishOf(1), await folder.known(runs, '0.1.0')));
    expect((await readdir(join(place, 'stage1'))).sort()).toEqual(['index.html', 'plot.svg', 'results.csv', 'results.json']);
    const contents = await readFile(join(place, 'index.html'), 'utf8');
    expect(contents).toContain('stage1/index.html');
    expect(contents).not.toContain('tau/index.html');
  });
});
