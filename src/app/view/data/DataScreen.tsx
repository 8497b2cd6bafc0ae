/** The screen of own data: what is on this machine, how to bring more, and what became of it. */
import type { DataPage } from '../../data/open';
import { Banner } from '../Banner';
import { useNoStrayDrops } from '../models/drop';
import { BringData } from './BringData';
import { LastTaken } from './LastTaken';
import { OwnSets } from './OwnSets';
import { Preview } from './Preview';
import { TerminalDataInputs } from './TerminalDataInputs';

export function DataScreen({ page }: { page: DataPage }) {
  useNoStrayDrops();
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
