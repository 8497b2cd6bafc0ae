/** One setting: its control, what it means, what it takes, and why what stands in it was refused. */
import { allowed, type Setting, type SettingName } from '../../settings';
import type { ComdError } from '../../errors';

interface Props {
  name: SettingName;
  setting: Setting;
  text: string;
  refusal: ComdError | undefined;
  changed: boolean;
  onWrite(text: string): void;
}

export function Field({ name, setting, text, refusal, changed, onWrite }: Props) {
  const shared = { id: name, name, 'aria-describedby': `${name}-help`, 'aria-invalid': refusal !== undefined };
  return (
    <div class={`field ${setting.kind}${changed ? ' changed' : ''}${refusal === undefined ? '' : ' refused'}`}>
      <label for={name}>{setting.label}</label>
      {setting.kind === 'choice' ? (
        <select {...shared} value={text} onChange={(event) => onWrite(event.currentTarget.value)}>
          {!setting.choices.includes(text) && <option value={text}>{text}</option>}
          {setting.choices.map((choice) => <option key={choice} value={choice}>{choice}</option>)}
        </select>
      ) : setting.kind === 'flag' ? (
        <input {...shared} type="checkbox" checked={text === 'true'} onChange={(event) => onWrite(String(event.currentTarget.checked))} />
      ) : setting.kind === 'text' ? (
        <input {...shared} type="text" autocomplete="off" spellcheck={false} value={text} onInput={(event) => onWrite(event.currentTarget.value)} />
      ) : (
        // Text, not `number`: a browser hands out nothing for what it cannot read, and it could not be refused by name.
        <input {...shared} type="text" inputMode="decimal" autocomplete="off" value={text} onInput={(event) => onWrite(event.currentTarget.value)} />
      )}
      <p class="help" id={`${name}-help`}>
        {refusal !== undefined && <strong class="refusal">{refusal.message} {refusal.remedy}</strong>}{' '}
        {setting.help}{(setting.kind === 'number' || setting.kind === 'text') && ` Takes ${allowed(setting)}.`}
      </p>
    </div>
  );
}
