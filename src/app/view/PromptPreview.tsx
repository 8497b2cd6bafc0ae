/** What a model would be asked: the drafted template filled with a sample, within the chat template of its checkpoint. */
import { useEffect, useState } from 'preact/hooks';
import { playerOf } from '../../comd/models';
import { asComdError } from '../as-comd-error';
import { exampleSample, promptKinds, type PromptKindName, sampleFrom, turnOf } from '../prompt-preview';
import type { Session } from '../session';
import { useSlice } from './slice';

/** Milliseconds without a key press after which the chat template is asked for. */
const patience = 250;

/** The whole prompt, or why it cannot be had; null while it is being asked for. */
type Rendered = { text: string; refusal?: undefined } | { text?: undefined; refusal: string } | null;

export function PromptPreview({ session }: { session: Session }) {
  const [kind, setKind] = useState<PromptKindName>('assess');
  const { settings } = session.checked.value;
  const assessed = useSlice(session, (view) => view.assessments.at(-1)?.samples.at(-1));
  const turn = turnOf(kind, settings, assessed ? sampleFrom(assessed) : exampleSample);
  const rendered = useRendered(session, kind, turn);
  return (
    <div class="prompt-preview">
      <h3 id="preview-title">Preview</h3>
      <select aria-labelledby="preview-title" value={kind} onChange={(event) => setKind(event.currentTarget.value as PromptKindName)}>
        {Object.entries(promptKinds).map(([name, { label }]) => <option key={name} value={name}>{label}</option>)}
      </select>
      <pre tabIndex={0} aria-live="polite" aria-label="The prompt">{rendered?.text === undefined ? turn : <Marked text={rendered.text} turn={turn} />}</pre>
      <p class="help">{note(rendered)} Filled with {assessed ? 'the record that was assessed last' : 'an example'}.</p>
    </div>
  );
}

function note(rendered: Rendered): string {
  if (rendered === null) return 'The user\'s turn. The chat template is being read.';
  return rendered.refusal === undefined
    ? 'The whole prompt; what the chat template adds is grey.'
    : `The user's turn alone, since the chat template cannot be had: ${rendered.refusal}`;
}

/** The prompt with what the chat template adds set off. */
function Marked({ text, turn }: { text: string; turn: string }) {
  const at = text.indexOf(turn);
  if (at < 0) return <>{text}</>;
  return <><span class="around">{text.slice(0, at)}</span>{turn}<span class="around">{text.slice(at + turn.length)}</span></>;
}

function useRendered(session: Session, kind: PromptKindName, turn: string): Rendered {
  const { preset } = session.draft.value;
  const { settings } = session.checked.value;
  const [rendered, setRendered] = useState<Rendered>(null);
  const { role } = promptKinds[kind];
  const model = settings[playerOf(role, settings)];
  useEffect(() => {
    let wanted = true;
    const show = (next: Rendered) => { if (wanted) setRendered(next); };
    setRendered(null);
    const waiting = setTimeout(() => {
      session.conductor.chatPrompt(preset, settings, role, turn)
        .then((text) => show({ text }), (error: unknown) => show({ refusal: asComdError(error, '').message }));
    }, patience);
    return () => {
      wanted = false;
      clearTimeout(waiting);
    };
    // Of the settings only the model matters: the turn is made already.
  }, [session, preset, role, model, turn]);
  return rendered;
}
