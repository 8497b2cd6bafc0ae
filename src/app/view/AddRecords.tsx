/** Takes a file of records into the pools of a paused run. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { controlsOf } from '../controls';
import type { Session } from '../session';
import { addedText } from '../words';
import { useSlice } from './slice';

export function AddRecords({ session }: { session: Session }) {
  const state = useSlice(session, (view) => view.state);
  const picker = useRef<HTMLInputElement>(null);
  const [added, setAdded] = useState<number | null>(null);
  useEffect(() => setAdded(null), [state]);
  const pending = session.pending.value;
  const can = controlsOf(state, session.run.value !== null, pending).add;

  const add = async (input: HTMLInputElement) => {
    const file = input.files?.[0];
    if (file === undefined) return;
    setAdded(null);
    setAdded(await session.add(file));
    // Else the same file could not be picked again once it has been mended.
    input.value = '';
  };

  return (
    <div class="add-records">
      <button type="button" aria-disabled={!can} aria-describedby="add-help" data-action="add" onClick={() => can && picker.current?.click()}>
        {pending === 'add' ? 'Adding' : 'Add records'}
      </button>
      <input ref={picker} type="file" accept=".json,.jsonl,.csv,.parquet" hidden onChange={(event) => void add(event.currentTarget)} />
      <p class="help" id="add-help">
        While a run is paused, it takes LLaVA JSON or JSONL, CSV or Parquet whose images are named as in the data set, or as in a download's pools.
        The records join from the next iteration; during stage 1, that is the second.
      </p>
      <p class="added" role="status">{added !== null && addedText(added)}</p>
    </div>
  );
}
