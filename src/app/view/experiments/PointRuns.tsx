/** The runs that the chosen point is made of; each opens its report. */
import { experimentOf } from '../../../experiments/catalogue';
import type { Point } from '../../../experiments/results';
import { estimateText, percent } from '../../../experiments/words';
import type { ExperimentsPage } from '../../experiments/open';
import { Press } from '../models/Press';
import { openPage } from './open-page';

export function PointRuns({ page }: { page: ExperimentsPage }) {
  const { session } = page;
  const { experiment, points, wish } = session.results.value;
  const point = points.find(({ variant }) => variant === session.selected.value);
  return (
    <div class="point-runs" aria-live="polite">
      {point === undefined
        ? <p class="aside">Press a point to see the runs that it is made of.</p>
        : (
          <>
            <h3>{experimentOf(experiment).title}: {point.variant}</h3>
            <p class="aside">{point.estimate === null ? 'Nothing was measured yet.' : `${estimateText(point.estimate)}, the mean of ${point.measured.length}.`}</p>
            <ul>{Array.from({ length: wish.seeds }, (_, index) => <Seed key={index} page={page} point={point} seed={index + 1} />)}</ul>
          </>
        )}
    </div>
  );
}

function Seed({ page: { session, faults }, point, seed }: { page: ExperimentsPage; point: Point; seed: number }) {
  const measured = point.measured.find((one) => one.seed === seed);
  const failure = point.failures.find((one) => one.seed === seed);
  if (measured !== undefined) {
    const { run, value } = measured;
    return (
      <li>
        <span>Seed {seed}</span> <strong class="number">{percent(value)}</strong>
        <Press about={`of seed ${seed}`} onPress={() => void faults.attempt(async () => openPage(await session.reportHtml(run), `comd-run-${run}.html`))}>Open report</Press>
      </li>
    );
  }
  if (failure !== undefined) return <li class="failed"><span>Seed {seed}</span> <span class="wrong">Failed: {failure.message} {failure.remedy}</span></li>;
  const { present } = session.state.value;
  const run = session.runOf(point.variant, seed);
  const underWay = present !== null && present.seed === seed && present.run === run;
  const unjudged = session.results.value.outcomes.some((outcome) => outcome.run === run);
  return <li><span>Seed {seed}</span> <span class="aside">{underWay ? 'being made' : unjudged ? 'no items to judge on' : 'not made yet'}</span></li>;
}
