/**
 * Settings while they are being written: a preset and the texts that differ from it. The form shows a draft and the
 * URL keeps it; a run takes the checked settings. It is no store: a draft is a value.
 */
import { ComdError } from '../errors';
import { settingsOf, type PresetName } from '../presets';
import { parseSetting, schema, type SettingName, type Settings } from '../settings';

export interface Draft {
  preset: PresetName;
  /** What stands in the fields that were changed, valid or not. */
  texts: Readonly<Partial<Record<SettingName, string>>>;
}

export interface CheckedDraft {
  /** The preset with the valid changes on top. */
  settings: Settings;
  /** Why each invalid text was refused. Empty when the draft can be run. */
  refused: Partial<Record<SettingName, ComdError>>;
}

export const settingNames = Object.keys(schema) as SettingName[];

/** What stands in the field of a setting. */
export function textOf(draft: Draft, name: SettingName): string {
  return draft.texts[name] ?? String(settingsOf(draft.preset)[name]);
}

/** The draft with one field rewritten; a text that says what the preset says is no change. */
export function write(draft: Draft, name: SettingName, text: string): Draft {
  const { [name]: _, ...others } = draft.texts;
  const parsed = tryParse(name, text);
  const same = !(parsed instanceof ComdError) && parsed === settingsOf(draft.preset)[name];
  return { preset: draft.preset, texts: same ? others : { ...others, [name]: text } };
}

/** Reads every text of a draft. */
export function check(draft: Draft): CheckedDraft {
  const values: Partial<Record<SettingName, Settings[SettingName]>> = {};
  const refused: CheckedDraft['refused'] = {};
  for (const name of settingNames) {
    const text = draft.texts[name];
    if (text === undefined) continue;
    const parsed = tryParse(name, text);
    if (parsed instanceof ComdError) refused[name] = parsed;
    else values[name] = parsed;
  }
  return { settings: settingsOf(draft.preset, values as Partial<Settings>), refused };
}

/** The draft that gives these settings. */
export function draftOf(preset: PresetName, settings: Settings): Draft {
  return settingNames.reduce<Draft>((draft, name) => write(draft, name, String(settings[name])), { preset, texts: {} });
}

/** The settings in which two runs differ from their preset, as `tau 0.4`. */
export function differences(preset: PresetName, settings: Settings): string[] {
  return Object.entries(draftOf(preset, settings).texts).map(([name, text]) => `${name} ${shortened(text)}`);
}

/** A text on one line, cut where it is long as a template is. */
function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}

function tryParse(name: SettingName, text: string): Settings[SettingName] | ComdError {
  try {
    return parseSetting(name, text);
  } catch (error) {
    if (error instanceof ComdError) return error;
    throw error;
  }
}
