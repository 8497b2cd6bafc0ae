/** The command line of `npm run audit`. It starts nothing. */
import { ComdError } from '../../src/errors';
import { presets, type PresetName } from '../../src/presets';
import { schema, type Settings } from '../../src/settings';
import { numberIn, readFlags } from '../flags';
import { readPreset, readSettings, splitPair } from '../options';

export interface AuditWishes {
  preset: PresetName;
  /** What the user set by hand, on top of the preset. */
  overrides: Partial<Settings>;
  /** A folder, a .gguf file, an address or a bundled model; null for the preset's own. */
  teacher: string | null;
  items: number;
  /** Where the figures go as JSON too. */
  json: string | null;
  help: boolean;
}

const flags = {
  items: { type: 'string', default: '600' },
  seed: { type: 'string', default: '1' },
  backend: { type: 'string', default: 'auto' },
  teacher: { type: 'string' },
  preset: { type: 'string', default: 'emoji' },
  set: { type: 'string', multiple: true },
  json: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

const mostItems = 100_000;
/** Settings that name what is not audited here. */
const foreign: readonly string[] = ['data', 'student', 'assessor', 'augmentor', 'teacher'];

/** Throws `settings/invalid` naming what is wrong and what is allowed. */
export function readAuditWishes(args: string[]): AuditWishes {
  const { items, seed, backend, teacher, preset, set = [], json, help } = readFlags(args, flags);
  return {
    preset: readPreset(preset, false),
    overrides: readSettings([['seed', seed], ['backend', backend], ...set.map(splitPair).map(refuseForeign)]),
    teacher: teacher ?? null,
    items: numberIn('items', items, 1, mostItems, true),
    json: json ?? null,
    help,
  };
}

function refuseForeign(pair: [string, string]): [string, string] {
  if (!foreign.includes(pair[0])) return pair;
  throw new ComdError('settings/invalid', `--set cannot give "${pair[0]}": one teacher is audited in all its roles, on the preset's own data.`, 'Name the model with --teacher.');
}

export const auditHelp = `npm run audit -- [flags]

Audits a teacher in its three roles on held-out items, in a real Chromium by the page's own code: how often its answers are right, how
often its marks prefer the right of two answers, and whether the new instructions it writes are well-formed, answerable and new.

  --items N         how many held-out items, pairs of answers, and new instructions (600)
  --seed N          names every draw (1)
  --backend NAME    ${schema.backend.choices.join(', ')} (auto)
  --teacher PLACE   a folder, a .gguf file, an address, org/name on the hub, or bundled:NAME; the preset's own unless said
  --preset NAME     ${Object.keys(presets).join(', ')}: the data, the first pool and the settings (emoji)
  --set NAME=VALUE  a setting, as --set prompts=bundled for a teacher of yours that knows the bundled prompts; may be repeated
  --json FILE       writes all figures there too`;
