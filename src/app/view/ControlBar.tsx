/** State of the run and the buttons that change it; stays in sight while the page is scrolled. */
import { useRef } from 'preact/hooks';
import { controlsOf, type Button } from '../controls';
import type { Session } from '../session';
import { stateWords, statusText } from '../words';
import { ConfirmFresh } from './ConfirmFresh';
import { saveAs } from './save-as';
import { useSlice } from './slice';

export function ControlBar({ session }: { session: Session }) {
  const state = useSlice(session, (view) => view.state);
  const progress = useSlice(session, (view) => view.progress);
  const dialog = useRef<HTMLDialogElement>(null);
  const run = session.run.value;
  const pending = session.pending.value;
  const can = controlsOf(state, run !== null, pending);
  const status = pending === 'open' ? 'Looking for a stored run.' : statusText(state, progress, session.settings.value.iterations);
  const held = state === 'paused' || state === 'failed' || pending === 'resume';

  const start = () => (run === null ? void session.start() : dialog.current?.showModal());
  const download = async () => {
    const archive = await session.download();
    if (archive !== null) saveAs(archive, `comd-${run?.id ?? 'run'}.zip`);
  };
  const button = (name: Button, label: string, act: () => void, primary = false) => (
    // Not `disabled`: a button that has just been pressed would lose the focus.
    <button type="button" class={primary ? 'primary' : ''} aria-disabled={!can[name]} data-action={name} onClick={() => can[name] && act()}>
      {label}
    </button>
  );

  return (
    <div class="control-bar" role="region" aria-label="Control of the run">
      <div class="control-row">
        <p class="run-state" data-state={state} role="status">
          <span class="mark" aria-hidden="true" />
          <strong>{stateWords[state]}</strong>
          <span class="run-status">{status}</span>
        </p>
        <div class="buttons">
          {button('start', run === null ? 'Start' : 'New run', start, !held && state !== 'running' && state !== 'finished')}
          {held
            ? button('resume', 'Resume', () => void session.resume(), true)
            : button('pause', pending === 'pause' ? 'Pausing' : 'Pause', () => void session.pause(), state === 'running')}
          {button('stop', 'Stop', () => void session.stop())}
          {button('download', pending === 'download' ? 'Packing' : 'Download', () => void download(), state === 'finished')}
        </div>
      </div>
      <ConfirmFresh dialog={dialog} run={run} onConfirm={() => void session.start()} />
    </div>
  );
}
