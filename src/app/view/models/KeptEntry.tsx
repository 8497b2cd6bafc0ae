/** A kept model: what it is, where it came from, its files, and what can be done with it. */
import { useRef } from 'preact/hooks';
import type { KeptModel } from '../../../../workers/protocol';
import { bytes, elapsed } from '../../format';
import type { Verdict } from '../../models/library-session';
import type { ModelsPage } from '../../models/open';
import { saveAs } from '../save-as';
import { ConfirmDelete } from './ConfirmDelete';
import { Press } from './Press';
import { TransferView } from './TransferView';

interface Props {
  page: ModelsPage;
  model: KeptModel;
  onUse(): void;
}

export function KeptEntry({ page: { library, faults }, model, onUse }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const { id, name } = model;
  const chore = library.chore.value;
  const mine = chore?.id === id ? chore.kind : null;
  const free = chore === null;
  const download = () => faults.attempt(async () => saveAs(await library.archive(model), `${name}.zip`));
  return (
    <li class="entry">
      <div class="entry-head"><h3>{name}</h3><span class="number">{bytes(model.bytes)}</span></div>
      <p class="entry-facts">{model.family}, kept <time dateTime={model.kept}>{new Date(model.kept).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' })}</time></p>
      <p class="entry-facts source">{model.source}</p>
      <Files model={model} />
      <div class="buttons">
        <Press onPress={onUse} about={name}>Use</Press>
        <Press can={free} onPress={() => void faults.attempt(() => library.verify(model))} about={name}>{mine === 'verify' ? 'Verifying' : 'Verify'}</Press>
        <Press can={free} onPress={() => void download()} about={`${name} as zip`}>{mine === 'archive' ? 'Packing' : 'Download'}</Press>
        <Press can={free} onPress={() => dialog.current?.showModal()} about={name}>{mine === 'remove' ? 'Deleting' : 'Delete'}</Press>
      </div>
      {mine === 'verify' && chore !== null && <TransferView label={`Verifying ${name}`} transfer={chore.transfer} />}
      <VerdictText verdict={library.verdicts.value[id]} />
      <ConfirmDelete dialog={dialog} id={`delete-${id}`} name={name} loss="Its files are deleted from this machine. To have it again, it must be copied again."
        onConfirm={() => void faults.attempt(() => library.remove(model))} />
    </li>
  );
}

function Files({ model: { id, files, name } }: { model: KeptModel }) {
  return (
    <details class="files">
      <summary>{files.length} {files.length === 1 ? 'file' : 'files'} with their hashes</summary>
      <ul aria-label={`Files of ${name}`}>
        {files.map(({ file, bytes: size, sha256 }) => (
          <li key={file}><span class="file">{file}</span> <span class="number">{bytes(size)}</span> <code title="SHA-256">{sha256}</code></li>
        ))}
      </ul>
      <p class="help">As teacher or student in the settings of a run: <code>kept:{id}</code></p>
    </details>
  );
}

function VerdictText({ verdict }: { verdict: Verdict | undefined }) {
  return (
    <p class="verdict-text" role="status">
      {verdict !== undefined && ('error' in verdict
        ? <span class="refusal">{verdict.error.message} {verdict.error.remedy}</span>
        : `All files are as they were kept, verified in ${elapsed(verdict.seconds)}.`)}
    </p>
  );
}
