/** Brings a model: by address, from a folder or files; to be kept, or opened as it lies there. */
import { signal } from '@preact/signals';
import type { ModelPlace } from '../../../../workers/protocol';
import { dropped } from '../../models/dropped';
import type { ModelsPage } from '../../models/open';
import { pickedFolder } from '../../models/picked';
import { isGiven, nowhere, placeOf, type PlaceDraft } from '../../models/place';
import { useDrop } from './drop';
import { PlaceInput } from './PlaceInput';
import { Press } from './Press';
import { TransferView } from './TransferView';

/** Kept while another screen is shown. */
const brought = signal<PlaceDraft>(nowhere);

export function Bring({ page: { library, faults, base }, onOpen }: { page: ModelsPage; onOpen(place: ModelPlace): void }) {
  const draft = brought.value;
  const chore = library.chore.value;
  const given = isGiven(draft);
  const drop = useDrop((transfer) => void faults.attempt(async () => {
    brought.value = { ...brought.value, picked: pickedFolder(await dropped(transfer)) };
  }));
  const keep = () => faults.attempt(async () => {
    await library.keep(placeOf(draft, 'the model', base));
    // What was written meanwhile is for the next one.
    if (brought.value === draft) brought.value = nowhere;
  });
  return (
    <section class={drop.over ? 'drop over' : 'drop'} aria-labelledby="bring-title" {...drop.on}>
      <h2 id="bring-title">Bring a model</h2>
      <PlaceInput id="bring" label="Address or folder" draft={draft} faults={faults} onChange={(changed) => { brought.value = changed; }}
        help="A hub model (organisation/name), a folder on any server, or a .gguf file; or drop a folder here. It stays on this machine." />
      <div class="buttons">
        <Press kind="primary" can={given && chore === null} onPress={() => void keep()}>Keep</Press>
        <Press can={given} onPress={() => void faults.attempt(() => onOpen(placeOf(draft, 'the model', base)))}>Open without keeping</Press>
      </div>
      {chore?.kind === 'keep' && (
        <div class="chore">
          <TransferView label={chore.ending ? `Ending the copy of ${chore.name}` : `Keeping ${chore.name}`} transfer={chore.transfer} />
          <Press can={!chore.ending} onPress={() => void faults.attempt(() => library.cancel())} about={`keeping ${chore.name}`}>Cancel</Press>
        </div>
      )}
    </section>
  );
}
