/** Asks before a stored run is thrown away for a fresh one. */
import type { RefObject } from 'preact';
import type { RunSummary } from '../../../workers/protocol';

interface Props {
  dialog: RefObject<HTMLDialogElement | null>;
  run: RunSummary | null;
  onConfirm(): void;
}

export function ConfirmFresh({ dialog, run, onConfirm }: Props) {
  return (
    <dialog ref={dialog} aria-labelledby="fresh-title">
      <h2 id="fresh-title">Discard the stored run?</h2>
      <p>
        {run !== null && <>The run of {new Date(run.started).toLocaleString()} (preset {run.preset}) is still stored. </>}
        A new run deletes its pools, its student and its report. Download them first if you want to keep them.
      </p>
      <form method="dialog" class="buttons">
        <button type="submit">Keep it</button>
        <button type="submit" class="danger" onClick={onConfirm}>Discard and start</button>
      </form>
    </dialog>
  );
}
