/** A data set: what it holds, where it came from, and what can be done with it. */
import { useRef } from 'preact/hooks';
import type { ArchiveFormat, OwnSet } from '../../../../workers/data-protocol';
import { archiveFormats } from '../../../../workers/data-protocol';
import type { DataPage } from '../../data/open';
import { namedIn, usedBy, using, without } from '../../data/use';
import { contentText } from '../../data/words';
import { bytes } from '../../format';
import { ConfirmDelete } from '../models/ConfirmDelete';
import { Press } from '../models/Press';
import { saveAs } from '../save-as';

const formats: Record<ArchiveFormat, string> = { llava: 'LLaVA JSON', jsonl: 'JSONL', csv: 'CSV' };

export function OwnSetEntry({ page, set }: { page: DataPage; set: OwnSet }) {
  const { data, faults, session } = page;
  const dialog = useRef<HTMLDialogElement>(null);
  const { id, name } = set;
  const chore = data.chore.value;
  const inRun = namedIn(session.run.value?.settings.data ?? '').includes(id);
  const loss = `Its rows and pictures are deleted from this machine.${inRun ? ' The stored run learns from it, and could not go on.' : ''} To have it again, it must be brought again.`;
  const remove = async () => {
    await data.remove(id);
    session.draft.value = without(session.draft.value, id);
  };
  return (
    <li class="entry">
      <div class="entry-head"><h3>{name}</h3><span class="number">{bytes(set.bytes)}</span></div>
      <p class="entry-facts">{contentText(set)}</p>
      <p class="entry-facts source">{set.format}, taken in <time dateTime={set.made}>{new Date(set.made).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' })}</time>{set.licence !== '' && `. Licence: ${set.licence}`}</p>
      <Use page={page} set={set} />
      <div class="buttons">
        <Archive page={page} set={set} />
        <Press can={chore === null} onPress={() => dialog.current?.showModal()} about={name}>{chore?.kind === 'remove' && chore.id === id ? 'Deleting' : 'Delete'}</Press>
      </div>
      <ConfirmDelete dialog={dialog} id={`delete-${id}`} name={name} loss={loss} onConfirm={() => void faults.attempt(remove)} />
    </li>
  );
}

/** Names it in the settings of the next run, or no longer. */
function Use({ page: { session }, set }: { page: DataPage; set: OwnSet }) {
  const draft = session.draft.value;
  const used = usedBy(draft);
  const isUsed = used.includes(set.id);
  const can = isUsed || !set.heldOutOnly || used.length > 0;
  const change = () => { session.draft.value = isUsed ? without(draft, set.id) : using(draft, set); };
  const what = set.heldOutOnly ? 'Examine on it' : 'Use in a run';
  return (
    <>
      <div class="buttons"><Press kind={isUsed ? '' : 'primary'} can={can} onPress={change} about={set.name}>{isUsed ? 'Use no longer' : what}</Press></div>
      <p class="verdict-text" role="status">
        {isUsed && (set.heldOutOnly ? 'The next run is examined on it too.' : 'The next run learns from it: start it on the Run screen.')}
        {!can && 'Choose a data set to learn from first; this one is examined beside it.'}
      </p>
    </>
  );
}

function Archive({ page: { data, faults }, set: { id, name } }: { page: DataPage; set: OwnSet }) {
  const chore = data.chore.value;
  const format = useRef<HTMLSelectElement>(null);
  const save = () => faults.attempt(async () => {
    const file = await data.archive(id, (format.current?.value ?? 'llava') as ArchiveFormat);
    saveAs(file, file.name);
  });
  return (
    <>
      <select ref={format} aria-label={`Format of the download of ${name}`}>{archiveFormats.map((each) => <option key={each} value={each}>{formats[each]}</option>)}</select>
      <Press can={chore === null} onPress={() => void save()} about={`${name} as zip`}>{chore?.kind === 'archive' && chore.id === id ? 'Packing' : 'Download'}</Press>
    </>
  );
}
