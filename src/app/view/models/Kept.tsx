/** What is kept on this machine, what broke off, and how much room there is. */
import type { KeptModel } from '../../../../workers/protocol';
import type { ModelsPage } from '../../models/open';
import { KeptEntry } from './KeptEntry';
import { RoomUsed } from './RoomUsed';
import { UnfinishedEntry } from './UnfinishedEntry';

export function Kept({ page, onUse }: { page: ModelsPage; onUse(model: KeptModel): void }) {
  const kept = page.library.kept.value;
  const unfinished = page.library.unfinished.value;
  const room = page.library.room.value;
  return (
    <section aria-labelledby="kept-title">
      <h2 id="kept-title">Kept on this machine</h2>
      {kept === null && <p class="note">Looking for what is kept.</p>}
      {kept?.length === 0 && (
        <p class="note">No model is kept yet. Bring one below: by its address, or from a folder. Once kept, it opens without a network.</p>
      )}
      {kept !== null && kept.length > 0 && <ul class="entries">{kept.map((model) => <KeptEntry key={model.id} page={page} model={model} onUse={() => onUse(model)} />)}</ul>}
      {unfinished.length > 0 && (
        <>
          <h3 class="entries-title">Broke off</h3>
          <ul class="entries">{unfinished.map((copy) => <UnfinishedEntry key={copy.id} page={page} copy={copy} />)}</ul>
        </>
      )}
      {room !== null && <RoomUsed {...room} />}
    </section>
  );
}
