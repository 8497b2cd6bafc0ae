/** The data sets on this machine, and how much room there is. */
import type { DataPage } from '../../data/open';
import { RoomUsed } from '../models/RoomUsed';
import { OwnSetEntry } from './OwnSetEntry';

export function OwnSets({ page }: { page: DataPage }) {
  const sets = page.data.sets.value;
  const room = page.data.room.value;
  return (
    <section aria-labelledby="own-title">
      <h2 id="own-title">On this machine</h2>
      {sets === null && <p class="note">Looking for what there is.</p>}
      {sets?.length === 0 && <p class="note">No data of yours yet. Bring some; a run learns from the preset&#39;s own until then.</p>}
      {sets !== null && sets.length > 0 && <ul class="entries">{sets.map((set) => <OwnSetEntry key={set.id} page={page} set={set} />)}</ul>}
      {room !== null && <RoomUsed {...room} />}
    </section>
  );
}
