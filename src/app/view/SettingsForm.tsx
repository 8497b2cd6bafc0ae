/** The settings of the next run, made from the declared schema; what is written here also stands in the address. */
import { useState } from 'preact/hooks';
import { presets, type PresetName } from '../../presets';
import { schema, type Setting, type SettingName } from '../../settings';
import { settingNames, textOf, write } from '../draft';
import { ownText } from '../prompt-preview';
import type { Session } from '../session';
import { Field } from './Field';
import { PromptPreview } from './PromptPreview';

/** In the order of the method. */
const groups: Record<Setting['group'], string> = {
  run: 'Run', models: 'Models', align: 'Stage 1: align', pools: 'Pools and growth', tune: 'Tune', evaluate: 'Evaluate', assess: 'Assess', augment: 'Augment',
  filters: 'Filters on new instructions', prompts: 'Prompts',
};

export function SettingsForm({ session }: { session: Session }) {
  const draft = session.draft.value;
  const changed = Object.keys(draft.texts).length;
  return (
    <form class="settings" onSubmit={(event) => event.preventDefault()}>
      <h2 id="settings-title">Settings <span class="aside">of the next run</span></h2>
      <div class="field preset">
        <label for="preset">Preset</label>
        <select id="preset" aria-describedby="preset-help" value={draft.preset} onChange={(event) => { session.draft.value = { preset: event.currentTarget.value as PresetName, texts: {} }; }}>
          {Object.entries(presets).map(([name, preset]) => <option key={name} value={name}>{preset.label}</option>)}
        </select>
        <p class="help" id="preset-help">{presets[draft.preset].help}</p>
      </div>
      {(Object.keys(groups) as Setting['group'][]).map((group) => <Group key={group} session={session} group={group} />)}
      <p class="settings-foot">
        <button type="button" aria-disabled={changed === 0} onClick={() => { if (changed > 0) session.draft.value = { preset: draft.preset, texts: {} }; }}>Back to the preset</button>
        <span class="number">{changed} changed</span>
      </p>
    </form>
  );
}

function Group({ session, group }: { session: Session; group: Setting['group'] }) {
  const draft = session.draft.value;
  const { refused, settings } = session.checked.value;
  const names = settingNames.filter((name) => schema[name].group === group);
  const changed = names.filter((name) => draft.texts[name] !== undefined).length;
  const wrong = names.filter((name) => refused[name] !== undefined).length;
  const [open, setOpen] = useState(group === 'run' || changed > 0);
  const set = (name: SettingName, text: string) => { session.draft.value = write(session.draft.value, name, text); };
  return (
    <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{groups[group]} {wrong > 0 ? <span class="tag wrong">{wrong} refused</span> : changed > 0 && <span class="tag">{changed} changed</span>}</summary>
      {names.map((name) => (
        <Field
          key={name} name={name} setting={schema[name]} text={textOf(draft, name)} refusal={refused[name]} changed={draft.texts[name] !== undefined}
          own={ownText(name, settings)} onWrite={(text) => set(name, text)}
        />
      ))}
      {group === 'prompts' && open && <PromptPreview session={session} />}
    </details>
  );
}
