/** The screen of the models: what is kept, how to bring one, asking, composing. */
import { useEffect } from 'preact/hooks';
import type { ModelPlace } from '../../../../workers/protocol';
import type { ModelsPage } from '../../models/open';
import { placeName } from '../../models/place';
import { Banner } from '../Banner';
import { Ask } from './Ask';
import { Bring } from './Bring';
import { Compose } from './Compose';
import { Kept } from './Kept';
import { TerminalInputs } from './TerminalInputs';

/** A file that misses its place would be opened by the browser, in place of the page and all that it holds. */
const ignore = (event: Event) => event.preventDefault();

export function ModelsScreen({ page }: { page: ModelsPage }) {
  useEffect(() => {
    window.addEventListener('dragover', ignore);
    window.addEventListener('drop', ignore);
    return () => {
      window.removeEventListener('dragover', ignore);
      window.removeEventListener('drop', ignore);
    };
  }, []);
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
