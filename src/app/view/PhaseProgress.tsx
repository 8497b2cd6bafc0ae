/** How far the present phase is, how fast it goes and how long the run will take. */
import { count, duration } from '../format';
import type { Session } from '../session';
import { phaseText } from '../words';
import { useSlice } from './slice';

export function PhaseProgress({ session }: { session: Session }) {
  const progress = useSlice(session, (view) => view.progress);
  const state = useSlice(session, (view) => view.state);
  const { iterations } = session.settings.value;
  const finished = state === 'finished';
  const label = finished ? 'All done' : progress === null ? 'Nothing has run yet' : phaseText(progress, iterations);
  return (
    <div class="phase">
      <div class="phase-line">
        <span>{label}</span>
        {progress !== null && !finished && <span class="number">{count(progress.done)} of {count(progress.of)}</span>}
      </div>
      <progress aria-label={label} max={Math.max(1, progress?.of ?? 1)} value={progress?.done ?? 0} />
      <dl class="readings">
        <div><dt>Speed</dt><dd>{progress === null || progress.tokensPerSecond === 0 ? '–' : `${count(progress.tokensPerSecond)} tokens/s`}</dd></div>
        <div><dt>In this phase</dt><dd>{duration(progress?.seconds ?? null)}</dd></div>
        <div><dt>Time left</dt><dd>{finished ? 'none' : duration(progress?.secondsLeft ?? null)}</dd></div>
      </dl>
    </div>
  );
}
