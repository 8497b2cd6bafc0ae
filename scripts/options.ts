/**
 * The command line of `npm run distill`, read against the declared settings. It starts nothing.
 */
import { ComdError } from '../src/errors';
import { presets, type PresetName } from '../src/presets';
import { allowed, parseSetting, schema, type SettingName, type Settings } from '../src/settings';
import { readFlags } from './flags';

export interface Options {
  preset: PresetName;
  /** What the user set by hand, on top of the preset. */
  overrides: Partial<Settings>;
  /** A file, folder or zip of this machine that the run is to learn from; null for the preset's own data. */
  data: string | null;
  /** Where the results go; null for a folder of its own under `runs/`. */
  out: string | null;
  /** Shows the browser's window. */
  open: boolean;
  help: boolean;
}

/** Settings that have a flag of their own; `--set` reaches the rest. */
const named = ['strategy', 'iterations', 'tau', 'seed', 'backend', 'teacher', 'student', 'assessor', 'augmentor'] as const satisfies SettingName[];
const flags = {
  preset: { type: 'string' },
  strategy: { type: 'string' },
  iterations: { type: 'string' },
  tau: { type: 'string' },
  seed: { type: 'string' },
  backend: { type: 'string' },
  teacher: { type: 'string' },
  student: { type: 'string' },
  assessor: { type: 'string' },
  augmentor: { type: 'string' },
  data: { type: 'string' },
  quick: { type: 'boolean' },
  out: { type: 'string' },
  open: { type: 'boolean' },
  set: { type: 'string', multiple: true },
  help: { type: 'boolean' },
} as const;

/** Reads the arguments after the program's name. Throws `settings/invalid` saying what is allowed instead. */
export function parseOptions(args: string[]): Options {
  const values = readFlags(args, flags);
  const byName = named.flatMap((name) => (values[name] === undefined ? [] : [[name, values[name]] as const]));
  return {
    preset: readPreset(values.preset, values.quick ?? false),
    overrides: readSettings([...byName, ...(values.set ?? []).map(splitPair)]),
    data: values.data ?? null,
    out: values.out ?? null,
    open: values.open ?? false,
    help: values.help ?? false,
  };
}

/** What `--help` prints. */
export function helpText(): string {
  const row = (flag: string, text: string): string => `  ${flag.padEnd(24)}${text}`;
  const presetNames = Object.entries(presets).map(([name, preset]) => row(name, preset.help));
  const settings = Object.entries(schema).map(([name, s]) => row(name, `${s.help} (${allowed(s)}; ${s.default})`));
  return [
    'npm run distill -- [flags]   trains the student by competitive distillation in a real Chromium',
    '',
    row('--preset NAME', `${Object.keys(presets).join(', ')}; emoji unless said`),
    row('--quick', 'short for --preset quick'),
    ...named.map((name) => row(`--${name} VALUE`, schema[name].help)),
    row('--set NAME=VALUE', 'any setting below; may be repeated'),
    row('--data PATH', 'a file, folder or zip of your own data to learn from (docs/own-data.md)'),
    row('--out DIR', 'where the results go; an empty or new folder. runs/<name>/ unless said'),
    row('--open', 'shows the browser while it works'),
    '', 'Presets', ...presetNames,
    '', 'Settings (allowed; default)', ...settings,
  ].join('\n');
}

/** The preset of that name; `quick` is the flag that is short for one. Throws `settings/invalid`. */
export function readPreset(name: string | undefined, quick: boolean): PresetName {
  const preset = name ?? (quick ? 'quick' : 'emoji');
  if (!Object.hasOwn(presets, preset)) {
    throw new ComdError('settings/invalid', `There is no preset "${preset}".`, `Give ${Object.keys(presets).join(', ')}.`);
  }
  if (quick && preset !== 'quick') {
    throw new ComdError('settings/invalid', `--quick is the preset "quick", and --preset says "${preset}".`, 'Give one of the two.');
  }
  return preset as PresetName;
}

/** Settings from their names and texts. Throws `settings/invalid` naming the first that cannot be used. */
export function readSettings(pairs: (readonly [string, string])[]): Partial<Settings> {
  return Object.fromEntries(pairs.map(([name, text]) => {
    if (!Object.hasOwn(schema, name)) {
      throw new ComdError('settings/invalid', `There is no setting "${name}".`, `Give ${Object.keys(schema).join(', ')}.`);
    }
    return [name, parseSetting(name as SettingName, text)];
  }));
}

/** What `--set` takes: a name and a text. Throws `settings/invalid`. */
export function splitPair(text: string): [string, string] {
  const at = text.indexOf('=');
  if (at < 1) throw new ComdError('settings/invalid', `--set cannot read "${text}".`, 'Give NAME=VALUE, as --set pool=200.');
  return [text.slice(0, at), text.slice(at + 1)];
}
