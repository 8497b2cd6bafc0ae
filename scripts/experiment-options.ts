/** The command line of `npm run experiment`. It starts nothing. */
import { ComdError } from '../src/errors';
import { experimentNames, type ExperimentName, experiments, isExperiment } from '../src/experiments/catalogue';
import type { Wish } from '../src/experiments/plan';
import { presets } from '../src/presets';
import { schema } from '../src/settings';
import { numberIn, readFlagsAndNames } from './flags';
import { readPreset, readSettings, splitPair } from './options';

export interface ExperimentOptions {
  /** Each once, in the catalogue's order. */
  names: ExperimentName[];
  wish: Wish;
  /** Where reports and results go; null for `experiments/`. */
  out: string | null;
  /** Makes no run, only results from the runs that are there. */
  onlyReport: boolean;
  help: boolean;
}

const flags = {
  seeds: { type: 'string', default: '3' },
  preset: { type: 'string', default: 'experiment' },
  set: { type: 'string', multiple: true },
  backend: { type: 'string' },
  out: { type: 'string' },
  'only-report': { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/** Far more than a night has room for. */
const mostSeeds = 100;

/** Throws `settings/invalid` saying what is allowed instead. */
export function parseExperiment(args: string[]): ExperimentOptions {
  const { values, names } = readFlagsAndNames(args, flags);
  const backend = values.backend === undefined ? [] : [['backend', values.backend] as [string, string]];
  return {
    names: values.help ? [] : readNames(names),
    wish: {
      preset: readPreset(values.preset, false),
      seeds: numberIn('seeds', values.seeds, 1, mostSeeds, true),
      overrides: readSettings([...backend, ...(values.set ?? []).map(splitPair).map(refuseSeed)]),
    },
    out: values.out ?? null,
    onlyReport: values['only-report'],
    help: values.help,
  };
}

function readNames(names: readonly string[]): ExperimentName[] {
  const allowed = `${experimentNames.join(', ')}, or all`;
  const stranger = names.find((name) => name !== 'all' && !isExperiment(name));
  if (stranger !== undefined) throw new ComdError('settings/invalid', `There is no experiment "${stranger}".`, `Give ${allowed}.`);
  if (names.length === 0) throw new ComdError('settings/invalid', 'No experiment is named.', `Give one or several of ${allowed}.`);
  return experimentNames.filter((name) => names.includes('all') || names.includes(name));
}

function refuseSeed(pair: [string, string]): [string, string] {
  if (pair[0] !== 'seed') return pair;
  throw new ComdError('settings/invalid', '--set cannot give the seed: every variant is run with several.', 'Give --seeds, how many there are to be.');
}

/** What `--help` prints. */
export function experimentHelp(): string {
  const row = (name: string, text: string): string => `  ${name.padEnd(24)}${text}`;
  return [
    'npm run experiment -- NAME... [flags]   repeats runs over settings and seeds, and compares them',
    '',
    'Experiments',
    ...experiments.map(({ name, question, variants }) => row(name, `${question} (${variants.map(({ label }) => label).join('; ')})`)),
    row('all', 'all of them; a run that several need is made once'),
    '',
    'Flags',
    row('--seeds N', 'every variant is run with the seeds 1 to N (3)'),
    row('--preset NAME', `${Object.keys(presets).join(', ')} (experiment)`),
    row('--set NAME=VALUE', 'any setting, for all runs; a variant\'s own come on top; may be repeated'),
    row('--backend NAME', schema.backend.choices.join(', ')),
    row('--out DIR', 'where reports and results go (experiments)'),
    row('--only-report', 'makes no run, only results from the runs that are there'),
    '',
    'A run whose report lies in DIR/runs/ is not made again where its settings and the version are the same: run the command again after an',
    'interruption, or with more seeds. After a change of the models or the code, give another --out, or delete DIR.',
  ].join('\n');
}
