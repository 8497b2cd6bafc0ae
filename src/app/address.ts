/**
 * The screen and a draft of settings as the query of the page's URL, and back: `?preset=quick&tau=0.4&autostart=1`,
 * `?screen=models`, `?screen=speed&steps=3`. Only what differs from the preset is written. Text in, text out; it does not touch the location bar.
 */
import { ComdError } from '../errors';
import { presets, type PresetName } from '../presets';
import { check, settingNames, type Draft } from './draft';
import { isScreen, screens, type Screen } from './screens';

export interface Address {
  screen: Screen;
  draft: Draft;
  /** Start, or go on, without a click. */
  autostart: boolean;
  /** Steps that the speed screen counts of each work; where nothing is said, as many as the device is worth waiting for. */
  steps?: number;
  /** Whether the URL names a preset or a setting at all. */
  given: boolean;
  /** The first thing in the URL that cannot be used. Invalid texts stay in the draft, to be shown by their fields. */
  error: ComdError | null;
}

/** Reads a query such as `location.search`. */
export function readAddress(search: string): Address {
  const query = new URLSearchParams(search);
  const preset = query.get('preset') ?? 'emoji';
  const known = isPreset(preset);
  const screen = query.get('screen') ?? 'run';
  const texts: Record<string, string> = {};
  for (const name of settingNames) {
    const text = query.get(name);
    if (text !== null) texts[name] = text;
  }
  const draft: Draft = { preset: known ? preset : 'emoji', texts };
  const unknown = isScreen(screen) ? known ? unknownName(query) ?? refusedSteps(query) : unknownPreset(preset) : unknownScreen(screen);
  return {
    screen: isScreen(screen) ? screen : 'run',
    draft,
    autostart: query.get('autostart') === '1',
    steps: stepsOf(query),
    given: query.has('preset') || Object.keys(texts).length > 0,
    error: unknown ?? Object.values(check(draft).refused)[0] ?? null,
  };
}

/** The query of a draft, with its question mark, or nothing for the plain default. Invalid texts are left out. */
export function writeAddress({ screen, draft, autostart, steps }: Pick<Address, 'screen' | 'draft' | 'autostart' | 'steps'>): string {
  const { refused } = check(draft);
  const query = new URLSearchParams();
  if (screen !== 'run') query.set('screen', screen);
  if (draft.preset !== 'emoji') query.set('preset', draft.preset);
  for (const name of settingNames) {
    const text = draft.texts[name];
    if (text !== undefined && !refused[name]) query.set(name, text);
  }
  if (autostart) query.set('autostart', '1');
  if (steps !== undefined) query.set('steps', String(steps));
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}

function isPreset(name: string): name is PresetName {
  return Object.hasOwn(presets, name);
}

const mostSteps = 1000;

function stepsOf(query: URLSearchParams): number | undefined {
  const steps = Number(query.get('steps') ?? Number.NaN);
  return Number.isInteger(steps) && steps >= 1 && steps <= mostSteps ? steps : undefined;
}

function refusedSteps(query: URLSearchParams): ComdError | null {
  const text = query.get('steps');
  if (text === null || stepsOf(query) !== undefined) return null;
  return new ComdError('settings/invalid', `The address asks for "${text}" steps of measurement.`, `Give a whole number from 1 to ${mostSteps}.`);
}

function unknownPreset(name: string): ComdError {
  return new ComdError('settings/invalid', `The address names the preset "${name}", which does not exist.`, `Use one of ${Object.keys(presets).join(', ')}.`);
}

function unknownScreen(screen: string): ComdError {
  return new ComdError('settings/invalid', `The address names the screen "${screen}", which does not exist.`, `Use one of ${screens.join(', ')}.`);
}

function unknownName(query: URLSearchParams): ComdError | null {
  const names: string[] = ['screen', 'preset', 'autostart', 'steps', ...settingNames];
  const stranger = [...query.keys()].find((name) => !names.includes(name));
  if (stranger === undefined) return null;
  return new ComdError('settings/invalid', `The address names the setting "${stranger}", which does not exist.`, `Use one of ${names.join(', ')}.`);
}
