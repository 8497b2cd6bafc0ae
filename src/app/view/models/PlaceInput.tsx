/** Where a model is: an address to be written, or a folder or files to be picked. */
import { useRef } from 'preact/hooks';
import { bytes } from '../../format';
import type { Faults } from '../../models/faults';
import { entriesOf, pickedFolder } from '../../models/picked';
import type { PlaceDraft } from '../../models/place';
import { Press } from './Press';

interface Props {
  /** Unique on the page. */
  id: string;
  label: string;
  help?: string;
  draft: PlaceDraft;
  faults: Faults;
  onChange(draft: PlaceDraft): void;
}

export function PlaceInput({ id, label, help, draft, faults, onChange }: Props) {
  const folder = useRef<HTMLInputElement>(null);
  const files = useRef<HTMLInputElement>(null);
  const take = (input: HTMLInputElement) => {
    const entries = entriesOf(input.files ?? []);
    // Else the same folder could not be picked again.
    input.value = '';
    if (entries.length > 0) void faults.attempt(() => onChange({ ...draft, picked: pickedFolder(entries) }));
  };
  const what = `(${label.toLowerCase()})`;
  return (
    <div class="place">
      <label for={id}>{label}</label>
      {draft.picked === null ? (
        <input id={id} type="text" inputMode="url" autocomplete="off" spellcheck={false} aria-describedby={help === undefined ? undefined : `${id}-help`}
          placeholder="https://… or organisation/name" value={draft.text} onInput={(event) => onChange({ ...draft, text: event.currentTarget.value })} />
      ) : (
        <p class="picked" id={id}>
          <strong>{draft.picked.name}</strong>{' '}
          <span class="number">{filesText(draft.picked.files)}</span>
        </p>
      )}
      <div class="buttons">
        {draft.picked !== null && <Press onPress={() => onChange({ ...draft, picked: null })} about={what}>Clear</Press>}
        <Press onPress={() => folder.current?.click()} about={what}>Folder…</Press>
        <Press onPress={() => files.current?.click()} about={what}>Files…</Press>
      </div>
      {/* `webkitdirectory` is no property that JSX knows by type. */}
      <input ref={folder} type="file" hidden {...{ webkitdirectory: true }} onChange={(event) => take(event.currentTarget)} />
      <input ref={files} type="file" hidden multiple onChange={(event) => take(event.currentTarget)} />
      {help !== undefined && <p class="help" id={`${id}-help`}>{help}</p>}
    </div>
  );
}

function filesText(files: readonly File[]): string {
  return `${files.length} ${files.length === 1 ? 'file' : 'files'}, ${bytes(files.reduce((sum, { size }) => sum + size, 0))}`;
}
