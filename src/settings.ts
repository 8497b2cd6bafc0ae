/**
 * Every setting of a run, declared once: default, range, help text. The form on the page, the URL, the command line
 * and the report are all made from this table. It is not the place for a run's state.
 */
import { ComdError } from './errors';

interface Described {
  label: string;
  help: string;
  /** Where it stands in the form. */
  group: 'run' | 'models' | 'align' | 'tune' | 'assess' | 'augment' | 'filters' | 'pools' | 'evaluate' | 'prompts';
}
export interface NumberSetting extends Described {
  kind: 'number';
  default: number;
  min: number;
  max: number;
  integer: boolean;
}
export interface ChoiceSetting<T extends string = string> extends Described {
  kind: 'choice';
  default: T;
  choices: readonly T[];
}
export interface FlagSetting extends Described {
  kind: 'flag';
  default: boolean;
}
export interface TextSetting extends Described {
  kind: 'text';
  default: string;
  /** What may stand there, in words. */
  allowed: string;
  /** Whether it may have several lines. */
  lines?: boolean;
  /** Of a template: the names in braces that it must hold, and no others; where it is not empty. */
  placeholders?: readonly string[];
}
export type Setting = NumberSetting | ChoiceSetting | FlagSetting | TextSetting;

type Group = Described['group'];
const count = (group: Group, value: number, min: number, max: number, label: string, help: string): NumberSetting => ({
  kind: 'number', default: value, min, max, integer: true, group, label, help,
});
const real = (group: Group, value: number, min: number, max: number, label: string, help: string): NumberSetting => ({
  kind: 'number', default: value, min, max, integer: false, group, label, help,
});
const choice = <const T extends string>(
  group: Group, value: NoInfer<T>, choices: readonly T[], label: string, help: string,
): ChoiceSetting<T> => ({ kind: 'choice', default: value, choices, group, label, help });
const text = (group: Group, value: string, label: string, help: string, allowed: string): TextSetting => ({
  kind: 'text', default: value, group, label, help, allowed,
});
const prompt = (label: string, help: string, ...placeholders: string[]): TextSetting => ({
  kind: 'text', default: '', group: 'prompts', label, help, lines: true, placeholders,
  allowed: `text with ${listed(placeholders)}, or nothing for the family's own`,
});
const flag = (group: Group, value: boolean, label: string, help: string): FlagSetting => ({
  kind: 'flag', default: value, group, label, help,
});

/** How the frozen weights of a model are kept on its device: as numbers of 32 or 16 bits, or in groups of 8 or 4 bits. */
export const schemes = ['f32', 'f16', 'int8', 'int4'] as const;
export type Scheme = (typeof schemes)[number];

/** What decides which records are added. */
export const strategies = ['comd', 'random', 'one-way', 'none'] as const;
export type Strategy = (typeof strategies)[number];

const aModel = 'an address (https://…, org/name), kept:ID of a model on the models screen, bundled:NAME, or nothing';

/** The declared schema, with the method's defaults where it has any. A preset may depart from them. */
export const schema = {
  seed: count('run', 1, 0, 2 ** 31 - 1, 'Seed', 'Names every random draw; the same seed on the same backend gives the same run.'),
  backend: choice('run', 'auto', ['auto', 'webgpu', 'wasm'], 'Backend', 'auto takes WebGPU on a hardware adapter and WASM elsewhere.'),
  data: text('run', '', 'Data', 'What the run learns from and is examined on. Empty means the preset\'s own.', 'own:ID of a data set on the data screen (own:ID,own:ID to examine on a held-out one too), or nothing'),
  iterations: count('run', 4, 1, 12, 'Iterations', 'How often stage 2 tunes, assesses and augments.'),
  strategy: choice('run', 'comd', strategies, 'Strategy', 'comd: new records around difficult ones; random: around records drawn without regard to difficulty; one-way: fresh records of the data set, answered by the teacher; none: goes on with the first pool. All take the same tuning steps.'),

  teacher: text('models', '', 'Teacher', 'The model that teaches. Empty means the preset\'s own.', aModel),
  student: text('models', '', 'Student', 'The model that learns. Empty means the preset\'s own.', aModel),
  assessor: text('models', '', 'Assessor', 'The model that marks the answers. Empty means the teacher.', aModel),
  augmentor: text('models', '', 'Augmentor', 'The model that writes new instructions. Empty means the teacher.', aModel),
  teacherWeights: choice('models', 'f32', schemes, 'Teacher\'s weights', 'How they are kept on the device: 32 or 16 bits, or groups of 8 or 4 bits.'),
  studentWeights: choice('models', 'f32', schemes, 'Student\'s weights', 'Anything but f32 can be tuned only through an adapter.'),
  loraRank: count('models', 0, 0, 256, 'Adapter rank', 'Tunes a low-rank adapter (LoRA) of this rank in the decoder\'s stead; 0 tunes the decoder itself.'),
  loraAlpha: real('models', 16, 0, 4096, 'Adapter alpha', 'The adapter counts alpha / rank times.'),
  loraTargets: text('models', 'q_proj, v_proj', 'Adapted layers', 'Linear layers of the decoder that the adapter corrects.', 'names such as q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj'),

  alignPairs: count('align', 2000, 0, 1_000_000, 'Pairs', 'Captioned images that stage 1 draws, before the pair filter.'),
  pairFilter: flag('align', true, 'Pair filter', 'Keep pairs by how often their noun phrases are seen, as LLaVA\'s CC-595K does. A few hundred captions, all different, need it off.'),
  alignEpochs: count('align', 1, 0, 20, 'Epochs', 'Passes over the filtered pairs in stage 1.'),
  alignBatch: count('align', 32, 1, 512, 'Batch', 'Pairs per step in stage 1.'),
  alignRate: real('align', 2e-3, 1e-7, 1, 'Learning rate', 'Peak rate of stage 1 (AdamW, cosine, 3 % warm-up).'),

  tuneEpochs: count('tune', 3, 0, 50, 'Epochs', 'Passes over the tuning pool in each iteration.'),
  tuneBatch: count('tune', 32, 1, 512, 'Batch', 'Records per step.'),
  tuneRate: real('tune', 2e-3, 1e-7, 1, 'Learning rate', 'Peak rate of each iteration (AdamW, cosine, 3 % warm-up).'),
  softWeight: real('tune', 0, 0, 100, 'Soft targets', 'Weight of a term that draws the student to the teacher\'s own likelihoods of its answer; 0 turns it off. Both must share a tokenizer.'),
  softTemperature: real('tune', 1, 0.1, 20, 'Soft temperature', 'Flattens both likelihoods before they are compared.'),
  softK: count('tune', 8, 1, 64, 'Soft candidates', 'How many of the teacher\'s likeliest tokens are kept at each place.'),
  warmup: real('tune', 0.03, 0, 1, 'Warm-up', 'Share of the steps over which the rate rises to its peak.'),
  recordsAtOnce: count('tune', 0, 0, 512, 'Records at once', 'Records of a batch that go through the student at once, in both stages; fewer take less memory. 0: all.'),
  recompute: choice('tune', 'auto', ['auto', 'on', 'off'], 'Recompute', 'Layers are computed again for their gradient instead of being remembered: slower, in less memory. auto: where weights are packed.'),
  activations: choice('tune', 'f32', ['f32', 'f16'], 'Activations', 'What the gradient needs of the forward pass is remembered in 32 bits, or in 16 in half the memory.'),
  restartFromAlignment: flag('tune', false, 'Restart from alignment', 'Tune every iteration from the student of stage 1 instead of the one before.'),

  pool: count('pools', 1600, 1, 1_000_000, 'First pool', 'Records in the tuning and the cache pool of iteration 1.'),
  reserve: count('pools', 0, 0, 1_000_000, 'Reserve', 'Further records of the first pool that are only assessed, never tuned on. With a reserve the sample is drawn from it: a student seems to know what it has by heart.'),
  growth1: real('pools', 0.38, 0, 4, 'Growth after iteration 1', 'New records, as a share of the pool before. The paper: 84 of 220 thousand.'),
  growth2: real('pools', 0.3, 0, 4, 'Growth after iteration 2', 'The paper: 90 of 304 thousand.'),
  growth3: real('pools', 0.28, 0, 4, 'Growth after iteration 3 and later', 'The paper: 110 of 394 thousand.'),
  poolMode: choice('pools', 'accumulate', ['accumulate', 'replace'], 'Tuning pool', 'accumulate keeps older records; replace tunes on the newest only, as Lion does.'),
  relabelWithTeacher: flag('pools', false, 'Relabel with teacher', 'Replace the data set\'s own answers in the first pool by the teacher\'s.'),

  tau: real('assess', 0.33, 0, 1, 'tau', 'An instruction is difficult when S_k >= tau.'),
  difficulty: choice('assess', 'relative', ['relative', 'range', 'raw', 'vote', 'verifiable'], 'Difficulty', 'relative: clip(1 - s/t, 0, 1); range: clip((t - s)/9, 0, 1); raw: t - s; vote: share of assessments the teacher wins; verifiable: 1 where the teacher is right and the student is not, for records whose truth is known.'),
  assessSample: count('assess', 400, 1, 1_000_000, 'Assessed records', 'Cache records drawn for assessment in each iteration.'),
  answerTemperature: real('assess', 0.7, 0, 4, 'Answer temperature', 'Temperature at which teacher and student answer what is assessed.'),
  assessTemperature: real('assess', 0.2, 0, 4, 'Assessor temperature', 'Temperature of the assessor.'),
  assessRetries: count('assess', 2, 0, 10, 'Assessor retries', 'How often an unparsable assessment is asked for again.'),
  reference: flag('assess', false, 'Reference', 'Shows the assessor the data set\'s own answer where there is one.'),
  ownReference: flag('assess', false, 'Own answer first', 'The assessor first answers the instruction itself, and is shown its answer as the reference where none is known.'),
  maxNewTokens: count('assess', 48, 1, 1024, 'New tokens', 'Longest answer, mark sheet or instruction.'),

  easyRatio: real('augment', 0, 0, 1, 'Easy seeds', 'Share of seeds drawn from the easy records. CoMD: 0; Lion: 0.5.'),
  freshImages: real('augment', 0, 0, 1, 'Fresh images', 'Share of new instructions written about an image drawn afresh from the data set instead of the seed\'s own.'),
  imageChoices: count('augment', 1, 1, 64, 'Image choices', 'A fresh image is the one of so many that looks most like the seed\'s own to the augmentor; 1 takes whichever was drawn.'),
  augmentTemperature: real('augment', 1, 0, 4, 'Augmentor temperature', 'Temperature of the augmentor.'),
  augmentRounds: count('augment', 6, 1, 100, 'Augment rounds', 'Tries per wanted record before augmentation gives up.'),

  dropMentions: flag('filters', true, 'Mentions', 'Drop instructions that say "instruction".'),
  leastWords: count('filters', 4, 0, 100, 'Least words', 'Drop instructions of fewer words; one without any is always dropped.'),
  lengthFactor: real('filters', 4, 0, 100, 'Length factor', 'Drop instructions of more than this many times the words of their seed; 0 turns it off.'),
  dropPunctuation: flag('filters', true, 'Leading punctuation', 'Drop instructions that begin with punctuation.'),
  asciiStart: flag('filters', true, 'ASCII start', 'Drop instructions that begin with a character outside ASCII, as Lion does.'),
  dropRepeats: flag('filters', true, 'Repeats', 'Drop instructions that are known word for word.'),
  rougeLimit: real('filters', 0.7, 0, 1, 'ROUGE-L limit', 'Drop an instruction closer than this F1 to a known one; 1 turns it off.'),
  leastSure: real('filters', 0, 0, 1, 'Least sure', 'Drop a new record whose answer has a token that the teacher itself holds less likely than this: what cannot be seen is answered at a guess. 0 turns it off.'),
  contested: flag('filters', false, 'Contested only', 'Drop a new record that the student already answers as the teacher does; only where the strategy is comd.'),
  dedupe: choice('filters', 'image', ['image', 'global'], 'De-duplication', 'Compare a new instruction with those of its image, or with all.'),

  testItems: count('evaluate', 400, 1, 100_000, 'Test items', 'Held-out items that student and teacher are judged on.'),
  heldOutItems: count('evaluate', 120, 0, 100_000, 'Held-out style items', 'Test items drawn in the style that nobody trained on.'),

  prompts: choice('prompts', 'auto', ['auto', 'bundled', 'natural'], 'Family', 'bundled: what the bundled teacher was trained on; natural: for models of natural language; auto: as each model needs.'),
  answerPrompt: prompt('Answer', 'What a model is asked when it answers.', 'instruction'),
  assessPrompt: prompt('Assess', 'What the assessor is asked; it must end with one score line for each answer.', 'instruction', 'a', 'b'),
  referencePrompt: prompt('Assess with reference', 'The same where the known answer is shown.', 'instruction', 'reference', 'a', 'b'),
  augmentPrompt: prompt('Augment', 'What the augmentor is asked around a difficult seed.', 'seed'),
  easyPrompt: prompt('Augment, easy seed', 'What the augmentor is asked around an easy seed.', 'seed'),
  proposePrompt: prompt('First instruction', 'What the augmentor is asked about an image that has no instruction.'),
} as const satisfies Record<string, Setting>;

export type SettingName = keyof typeof schema;
type Value<S> = S extends ChoiceSetting<infer T> ? T : S extends FlagSetting ? boolean : S extends TextSetting ? string : number;
export type Settings = { [K in SettingName]: Value<(typeof schema)[K]> };

export const defaults = Object.fromEntries(
  Object.entries(schema).map(([name, setting]) => [name, setting.default]),
) as Settings;

/** Reads one setting from text (URL, command line, form). Throws `settings/invalid` naming what is allowed. */
export function parseSetting<K extends SettingName>(name: K, text: string): Settings[K] {
  const setting: Setting = schema[name];
  const value = setting.kind === 'number' ? parseNumber(name, setting, text)
    : setting.kind === 'flag' ? parseFlag(name, text)
    : setting.kind === 'text' ? parseText(name, setting, text)
    : parseChoice(name, setting, text);
  return value as Settings[K];
}

/** Says in words which values a setting takes, as `0 to 1`. */
export function allowed(setting: Setting): string {
  if (setting.kind === 'number') return `${setting.integer ? 'a whole number' : 'a number'} from ${setting.min} to ${setting.max}`;
  if (setting.kind === 'flag') return 'true or false';
  if (setting.kind === 'text') return setting.allowed;
  return setting.choices.join(', ');
}

function refuse(name: string, text: string, allowedText: string): never {
  throw new ComdError('settings/invalid', `Setting "${name}" cannot be "${text}".`, `Give ${allowedText}.`);
}

function parseNumber(name: string, setting: NumberSetting, text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  const fits = Number.isFinite(value) && value >= setting.min && value <= setting.max && (!setting.integer || Number.isInteger(value));
  return fits ? value : refuse(name, text, allowed(setting));
}

function parseText(name: string, setting: TextSetting, text: string): string {
  const value = text.trim();
  const wanted = setting.placeholders;
  if (value === '' || wanted === undefined) return value;
  const found = [...value.matchAll(/\{(\w+)\}/g)].map(([, inner]) => inner as string);
  const stranger = found.find((each) => !wanted.includes(each));
  if (stranger !== undefined) throw misfilled(name, setting, `names {${stranger}}, which nothing is put in the place of`);
  const missing = wanted.find((each) => !found.includes(each));
  if (missing !== undefined) throw misfilled(name, setting, `lacks {${missing}}`);
  return value;
}

function misfilled(name: string, setting: TextSetting, what: string): ComdError {
  return new ComdError('settings/invalid', `The template of setting "${name}" ${what}.`, `Give ${setting.allowed}.`);
}

/** Placeholders in words, as `{seed}` or `{a} and {b}`. */
function listed(placeholders: readonly string[]): string {
  if (placeholders.length === 0) return 'no placeholder';
  const braced = placeholders.map((each) => `{${each}}`);
  return [braced.slice(0, -1).join(', '), ...braced.slice(-1)].filter((part) => part !== '').join(' and ');
}

function parseFlag(name: string, text: string): boolean {
  if (text === 'true') return true;
  if (text === 'false') return false;
  return refuse(name, text, 'true or false');
}

function parseChoice(name: string, setting: ChoiceSetting, text: string): string {
  return setting.choices.includes(text) ? text : refuse(name, text, allowed(setting));
}
