/** A copy that broke off: how far it came, to be resumed or deleted. */
import { useRef } from 'preact/hooks';
import { bytes } from '../../format';
import type { Unfinished } from '../../models/library-session';
import type { ModelsPage } from '../../models/open';
import { ConfirmDelete } from './ConfirmDelete';
import { Press } from './Press';

export function UnfinishedEntry({ page: { library, faults }, copy }: { page: ModelsPage; copy: Unfinished }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const free = library.chore.value === null;
  const { id, name, source } = copy;
  // A page may not go back by itself to files that were picked before it was reloaded.
  const addressed = /^https?:/.test(source);
  return (
    <li class="entry unfinished">
      <div class="entry-head"><h3>{name}</h3><span class="number">{bytes(copy.bytes)}{copy.of > 0 && ` of ${bytes(copy.of)}`}</span></div>
      <p class="entry-facts source">{source}</p>
      {!addressed && <p class="entry-facts">To go on, pick the same files below and press Keep.</p>}
      <div class="buttons">
        {addressed && <Press can={free} onPress={() => void faults.attempt(() => library.keep({ kind: 'url', url: source }))} about={name}>Resume</Press>}
        <Press can={free} onPress={() => dialog.current?.showModal()} about={`what there is of ${name}`}>Delete</Press>
      </div>
      <ConfirmDelete dialog={dialog} id={`drop-${id}`} name={`what there is of ${name}`} loss="What has been copied so far is deleted; to have the model, it must be copied from its beginning."
        onConfirm={() => void faults.attempt(() => library.remove({ id, name }))} />
    </li>
  );
}
