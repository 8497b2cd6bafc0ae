/** One setting: its control, what it means, what it takes, and why what stands in it was refused. */
import { allowed, type Setting, type SettingName } from '../../settings';
import type { ComdError } from '../../errors';

interface Props {
  name: SettingName;
  setting: Setting;
  text: string;
  refusal: ComdError | undefined;
  changed: boolean;
  /** Stands in an empty field of several lines: what is used while it is empty. */
  own: string;
  onWrite(text: string): void;
}

export function Field({ name, setting, text, refusal, changed, own, onWrite }: Props) {
  const several = setting.kind === 'text' && setting.lines === true;
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
      ) : several ? (
        <textarea {...shared} rows={linesOf(text || own)} placeholder={own} spellcheck={false} value={text} onInput={(event) => onWrite(event.currentTarget.value)} />
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

/** Characters that a line of the field holds, about. */
const across = 30;

/** Rows of a field of several lines: as many as its text takes, up to where it would fill the page. */
function linesOf(text: string): number {
  const rows = text.split('\n').reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / across)), 0);
  return Math.min(12, Math.max(2, rows));
}
