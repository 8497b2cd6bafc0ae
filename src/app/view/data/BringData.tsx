/** Takes files, a folder or a zip, by a picker or a drop; nothing is stored before it has been looked at. */
import { useRef } from 'preact/hooks';
import { givenOf } from '../../data/given';
import type { DataPage } from '../../data/open';
import { counted } from '../../data/words';
import { bytes } from '../../format';
import { dropped } from '../../models/dropped';
import { entriesOf } from '../../models/picked';
import { useDrop } from '../models/drop';
import { Press } from '../models/Press';

/** A folder of pictures may be large; what is larger than this is better picked, or given as a zip. */
const mostDropped = { files: 200_000, remedy: 'Choose the folder by its button, or give a zip.' };

export function BringData({ page: { data, faults } }: { page: DataPage }) {
  const folder = useRef<HTMLInputElement>(null);
  const files = useRef<HTMLInputElement>(null);
  const given = data.given.value;
  const chore = data.chore.value;
  const take = (input: HTMLInputElement) => {
    const entries = entriesOf(input.files ?? []);
    // Else the same folder could not be picked again.
    input.value = '';
    if (entries.length > 0) void faults.attempt(() => data.give(givenOf(entries)));
  };
  const drop = useDrop((transfer) => void faults.attempt(async () => data.give(givenOf(await dropped(transfer, mostDropped)))));
  return (
    <section class={drop.over ? 'drop over' : 'drop'} aria-labelledby="bring-title" {...drop.on}>
      <h2 id="bring-title">Bring data</h2>
      {given === null ? (
        <p class="lead">
          Rows with pictures beside them: LLaVA JSON or JSONL, COCO captions, CSV of image, question, answer, or Parquet. A folder of pictures
          alone will do: the teacher then writes the first instructions. Drop it here, as files, a folder or a zip.
        </p>
      ) : (
        <p class="picked"><strong>{given.name}</strong> <span class="number">{counted(given.files.length, 'file')}, {bytes(given.bytes)}</span></p>
      )}
      <div class="buttons">
        <Press can={chore === null} onPress={() => folder.current?.click()}>Folder…</Press>
        <Press can={chore === null} onPress={() => files.current?.click()}>Files or zip…</Press>
        {given !== null && <Press can={chore === null} onPress={() => data.clear()}>Clear</Press>}
      </div>
      {/* `webkitdirectory` is no property that JSX knows by type. */}
      <input ref={folder} type="file" hidden {...{ webkitdirectory: true }} onChange={(event) => take(event.currentTarget)} />
      <input ref={files} type="file" hidden multiple onChange={(event) => take(event.currentTarget)} />
      <p class="help">What is taken in is copied into this browser&#39;s database. Nothing of it is sent anywhere.</p>
      {chore?.kind === 'look' && <p role="status" class="note">Looking at the first rows.</p>}
    </section>
  );
}
