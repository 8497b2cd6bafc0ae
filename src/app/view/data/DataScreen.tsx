/** The screen of own data: what is on this machine, how to bring more, and what became of it. */
import { useEffect } from 'preact/hooks';
import type { DataPage } from '../../data/open';
import { Banner } from '../Banner';
import { BringData } from './BringData';
import { LastTaken } from './LastTaken';
import { OwnSets } from './OwnSets';
import { Preview } from './Preview';
import { TerminalDataInputs } from './TerminalDataInputs';

/** A file that misses its place would be opened by the browser, in place of the page and all that it holds. */
const ignore = (event: Event) => event.preventDefault();

export function DataScreen({ page }: { page: DataPage }) {
  useEffect(() => {
    window.addEventListener('dragover', ignore);
    window.addEventListener('drop', ignore);
    return () => {
      window.removeEventListener('dragover', ignore);
      window.removeEventListener('drop', ignore);
    };
  }, []);
  return (
    <>
      <main class="notebook models-screen data-screen" id="data" tabIndex={-1}>
        <div>
          <OwnSets page={page} />
        </div>
        <div>
          <BringData page={page} />
          <Preview page={page} />
          <LastTaken page={page} />
        </div>
      </main>
      <Banner error={page.faults.error.value} onDismiss={() => page.faults.dismiss()} />
      <TerminalDataInputs page={page} />
    </>
  );
}
