/** The screen of the experiments: what is asked, how far it is, and what came of it. */
import type { ExperimentsPage } from '../../experiments/open';
import { Banner } from '../Banner';
import { Choose } from './Choose';
import { ExperimentResults } from './ExperimentResults';

export function ExperimentsScreen({ page }: { page: ExperimentsPage }) {
  return (
    <>
      <main class="notebook experiments-screen" id="experiments" tabIndex={-1}>
        <Choose page={page} />
        <ExperimentResults page={page} />
      </main>
      <Banner error={page.faults.error.value} onDismiss={() => page.faults.dismiss()} />
    </>
  );
}
