/** Starts taking in, and shows how far it is. */
import type { DataPage } from '../../data/open';
import { counted } from '../../data/words';
import { bytes, count } from '../../format';
import { Press } from '../models/Press';

export function Taking({ page: { data, faults } }: { page: DataPage }) {
  const chore = data.chore.value;
  const progress = data.progress.value;
  if (chore?.kind !== 'take') {
    return <div class="buttons"><Press kind="primary" can={chore === null} onPress={() => void faults.attempt(() => data.take())}>Take it in</Press></div>;
  }
  const label = chore.ending ? 'Ending; nothing is kept' : 'Taking it in';
  return (
    <div class="chore">
      <div class="transfer">
        <div class="phase-line"><span role="status">{label}</span> <span class="number">{progress !== null && `${bytes(progress.done)} of ${bytes(progress.of)} read`}</span></div>
        <progress aria-label={label} max={Math.max(1, progress?.of ?? 1)} {...(progress === null ? {} : { value: progress.done })} />
        <dl class="readings">
          <div><dt>Rows taken</dt><dd>{count(progress?.taken ?? 0)}</dd></div>
          <div><dt>Refused</dt><dd>{count(progress?.refused ?? 0)}</dd></div>
          <div><dt>Stored</dt><dd>{counted(progress?.pictures ?? 0, 'picture')}</dd></div>
        </dl>
      </div>
      <Press can={!chore.ending} onPress={() => void faults.attempt(() => data.cancel())} about="taking it in">Cancel</Press>
    </div>
  );
}
