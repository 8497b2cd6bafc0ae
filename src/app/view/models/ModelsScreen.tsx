/** The screen of the models: what is kept, how to bring one, asking, composing. */
import type { ModelPlace } from '../../../../workers/protocol';
import type { ModelsPage } from '../../models/open';
import { placeName } from '../../models/place';
import { Banner } from '../Banner';
import { Ask } from './Ask';
import { Bring } from './Bring';
import { Compose } from './Compose';
import { useNoStrayDrops } from './drop';
import { Kept } from './Kept';
import { TerminalInputs } from './TerminalInputs';

export function ModelsScreen({ page }: { page: ModelsPage }) {
  useNoStrayDrops();
  /** Makes it what Load will load, and goes to that button: how it is loaded can still be chosen. */
  const choose = (place: ModelPlace) => {
    page.asked.chosen.value = { place, name: placeName(place, page.library.kept.value ?? []) };
    requestAnimationFrame(() => document.getElementById('load')?.focus());
  };
  return (
    <>
      <main class="notebook models-screen" id="models" tabIndex={-1}>
        <div>
          <Kept page={page} onUse={({ id }) => choose({ kind: 'kept', id })} />
          <Bring page={page} onOpen={choose} />
        </div>
        <div>
          <Ask page={page} />
          <Compose page={page} />
        </div>
      </main>
      <Banner error={page.faults.error.value} onDismiss={() => page.faults.dismiss()} />
      <TerminalInputs page={page} />
    </>
  );
}
