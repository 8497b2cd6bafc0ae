/** How far the series is, and the run that is under way. All its room is there from the start, so that nothing moves. */
import { experimentOf } from '../../../experiments/catalogue';
import type { LaboratoryState } from '../../../experiments/laboratory-protocol';
import { settingsFor } from '../../../experiments/plan';
import type { ExperimentsPage } from '../../experiments/open';
import { courseText, secondsLeft } from '../../experiments/words';
import { count, duration } from '../../format';
import { phaseText } from '../../words';

export function Course({ page: { session } }: { page: ExperimentsPage }) {
  const state = session.state.value;
  const { present } = state;
  const progress = session.progress.value;
  const label = progress === null ? present === null ? 'No run is under way' : 'Opening the models' : phaseText(progress, iterationsOf(state));
  const left = present === null ? null : secondsLeft(present, progress, session.secondsOfOne(state.series?.wish.preset ?? session.preset.value));
  return (
    <div class="course">
      <p role="status">{courseText(state)}</p>
      <div>
        <progress aria-label="Runs made" max={Math.max(1, present?.of ?? 1)} value={present === null ? 0 : present.place - 1} />
        <div class="phase-line">
          <span>{label}</span>
          <span class="number">{progress !== null && `${count(progress.done)} of ${count(progress.of)}`}</span>
        </div>
        <progress class="of-run" aria-label={label} max={Math.max(1, progress?.of ?? 1)} value={progress?.done ?? 0} />
        <dl class="readings">
          <div><dt>Speed</dt><dd>{progress === null || progress.tokensPerSecond === 0 ? '–' : `${count(progress.tokensPerSecond)} tokens/s`}</dd></div>
          <div><dt>Left of this run</dt><dd>{duration(progress?.secondsLeft ?? null)}</dd></div>
          <div><dt>Left of all</dt><dd>{duration(left)}</dd></div>
        </dl>
      </div>
    </div>
  );
}

/** How many the run under way has. */
function iterationsOf({ series, present }: LaboratoryState): number {
  if (series === null || present === null) return 0;
  const variant = experimentOf(series.wish.experiment).variants.find(({ label }) => present.variants.includes(label));
  return variant === undefined ? 0 : settingsFor({ ...series.wish, overrides: {} }, variant, present.seed).iterations;
}
