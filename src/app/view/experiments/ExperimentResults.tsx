/** What came of the chosen experiment so far: plot, runs of a point, differences, numbers, and how to take them along. */
import { useRef } from 'preact/hooks';
import { experimentOf } from '../../../experiments/catalogue';
import { resultsCsv, resultsJson } from '../../../experiments/results-file';
import { differenceName, differenceText, pointCells, pointHeads, verdict } from '../../../experiments/words';
import type { ExperimentsPage } from '../../experiments/open';
import { Figure } from '../Figure';
import { ConfirmDelete } from '../models/ConfirmDelete';
import { Press } from '../models/Press';
import { saveAs } from '../save-as';
import { ExperimentPlot } from './ExperimentPlot';
import { PointRuns } from './PointRuns';
import { ResultTable } from './ResultTable';

export function ExperimentResults({ page }: { page: ExperimentsPage }) {
  const results = page.session.results.value;
  const { title, axis } = experimentOf(results.experiment);
  const empty = results.outcomes.length === 0 ? 'Drawn while the runs come in.' : null;
  return (
    <section class="results" aria-labelledby="results-title">
      <h2 id="results-title">What came of it</h2>
      <div class="results-top">
        <Figure title={title} caption={<>Accuracy in per cent, by {axis.label}. A point is a mean with its 95&nbsp;% interval, small circles are runs, <span class="teacher">dashes</span> the teacher.</>} empty={empty}>
          <ExperimentPlot results={results} selected={page.session.selected.value} onSelect={(variant) => { page.session.selected.value = variant; }} />
        </Figure>
        <PointRuns page={page} />
      </div>
      <ResultTable
        caption="Differences within the same seed" heads={['Difference', 'Accuracy', 'Seeds', 'At 95 %']}
        rows={results.differences.map((difference) => [differenceName(difference), differenceText(difference.estimate), String(difference.estimate?.count ?? 0), verdict(difference)])}
      />
      <ResultTable caption="In numbers" heads={['Variant', ...pointHeads]} rows={results.points.map((point) => [point.variant, ...pointCells(point)])} />
      <Taking page={page} />
    </section>
  );
}

function Taking({ page: { session, faults } }: { page: ExperimentsPage }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const results = session.results.value;
  const some = results.outcomes.length > 0;
  const any = session.state.value.outcomes.length + session.state.value.failures.length > 0;
  const save = (text: string, type: string, ending: string) => saveAs(new Blob([text], { type }), `comd-${results.experiment}.${ending}`);
  return (
    <div class="buttons taking">
      <Press can={some} onPress={() => save(resultsJson(results), 'application/json', 'json')}>Save as JSON</Press>
      <Press can={some} onPress={() => save(resultsCsv(results), 'text/csv', 'csv')}>Save as CSV</Press>
      <Press can={any && !session.running.value && session.pending.value === null} onPress={() => dialog.current?.showModal()}>Delete all results</Press>
      <ConfirmDelete dialog={dialog} id="delete-results" name="all results" loss="The reports of all runs of all experiments go; making them again takes as long as it took." onConfirm={() => void faults.attempt(() => session.clear())} />
    </div>
  );
}
