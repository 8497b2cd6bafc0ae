/** Where in the cycle the run is: the loop, drawn, with the progress of its present phase below. */
import { planLoop, standings, stations, type LoopPlan, type Standing, type Station } from '../loop';
import type { Session } from '../session';
import type { Progress } from '../state';
import { stateWords, statusText } from '../words';
import { PhaseProgress } from './PhaseProgress';
import { useSlice } from './slice';
import { useWidth } from './width';

export function Cycle({ session }: { session: Session }) {
  const [ref, width] = useWidth<HTMLDivElement>();
  const progress = useSlice(session, (view) => view.progress);
  const state = useSlice(session, (view) => view.state);
  const { iterations } = session.settings.value;
  const plan = planLoop(width);
  const standing = standings(progress, state === 'finished');
  return (
    <section aria-labelledby="cycle-title">
      <h2 id="cycle-title">The cycle</h2>
      <div class="loop" ref={ref}>
        {width > 0 && (
          <svg width={width} height={plan.height} role="img" aria-label={`Stage 1: align. Stage 2: tune, evaluate, assess, augment, and round again. ${stateWords[state]}: ${statusText(state, progress, iterations)}`}>
            <path class="loop-way" d={plan.entry} />
            <path class="loop-way" d={plan.loop} />
            {plan.arrows.map(({ x, y, turn }) => <path class="loop-arrow" d="M-5 -5L4 0L-5 5" transform={`translate(${x} ${y}) rotate(${turn})`} />)}
            {stations.map((station) => <StationMark station={station} plan={plan} standing={standing[station]} progress={progress} />)}
            <LoopCentre plan={plan} iteration={progress?.iteration ?? 0} iterations={iterations} finished={state === 'finished'} />
          </svg>
        )}
      </div>
      <PhaseProgress session={session} />
    </section>
  );
}

const RADIUS = 9;

function StationMark({ station, plan, standing, progress }: { station: Station; plan: LoopPlan; standing: Standing; progress: Progress | null }) {
  const { x, y, label } = plan.at[station];
  const share = standing === 'now' && progress !== null && progress.of > 0 ? progress.done / progress.of : 0;
  const round = 2 * Math.PI * (RADIUS + 5);
  return (
    <g class={`station ${standing}`} transform={`translate(${x} ${y})`}>
      <circle class="station-ground" r={RADIUS + 8} />
      {standing === 'now' && <circle class="station-progress" r={RADIUS + 5} transform="rotate(-90)" stroke-dasharray={`${share * round} ${round}`} />}
      <circle class="station-mark" r={RADIUS} />
      {standing === 'done' && <path class="station-tick" d="M-4 0L-1 3.5L4.5 -3.5" />}
      <text x={label.x} y={label.y} text-anchor="middle">{station}</text>
    </g>
  );
}

function LoopCentre({ plan, iteration, iterations, finished }: { plan: LoopPlan; iteration: number; iterations: number; finished: boolean }) {
  const { x, y } = plan.centre;
  // A finished run that is only looked at again tells no progress.
  const reached = finished ? iterations : iteration;
  return (
    <g class="loop-centre" transform={`translate(${x} ${y})`}>
      <text class="loop-count" text-anchor="middle" y="2">{reached === 0 ? iterations : `${reached} of ${iterations}`}</text>
      <text class="loop-unit" text-anchor="middle" y="24">
        {reached === 0 ? (iterations === 1 ? 'round to go' : 'rounds to go') : finished ? 'iterations done' : 'iteration'}
      </text>
    </g>
  );
}
