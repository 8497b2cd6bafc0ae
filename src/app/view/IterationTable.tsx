/** What every iteration came to, in numbers. */
import { count, duration, percent } from '../format';
import type { Session } from '../session';
import { useSlice } from './slice';

export function IterationTable({ session }: { session: Session }) {
  const reports = useSlice(session, (view) => view.reports);
  const baselines = useSlice(session, (view) => view.baselines);
  const pools = useSlice(session, (view) => view.pools);
  if (reports.length === 0 && baselines === null && pools.length === 0) return null;
  return (
    <div class="scroller" role="region" aria-label="Results by iteration" tabIndex={0}>
      <table>
        <caption>Results by iteration</caption>
        <thead>
          <tr>
            <th scope="col">Iteration</th><th scope="col">Accuracy</th><th scope="col">Held-out style</th><th scope="col">Tuning pool</th><th scope="col">Cache pool</th>
            <th scope="col">Assessed</th><th scope="col">Difficult</th><th scope="col">Kept</th><th scope="col">Time</th>
          </tr>
        </thead>
        <tbody>
          {baselines !== null && <Reference name="Blind student" accuracy={baselines.blind} />}
          {baselines !== null && baselines.aligned !== null && <Reference name="After stage 1" accuracy={baselines.aligned} />}
          {reports.map((report) => (
            <tr key={report.iteration}>
              <th scope="row">{report.iteration}</th><td><strong>{percent(report.accuracy)}</strong></td><td>{percent(report.heldOutStyle)}</td>
              <td>{count(report.tuningPool)}</td><td>{count(report.cachePool)}</td><td>{some(report.assessed, report.assessed)}</td><td>{some(report.difficult, report.assessed)}</td>
              <td>{some(report.kept, report.generated)}</td><td>{duration(Object.values(report.seconds).reduce((sum, seconds) => sum + seconds, 0))}</td>
            </tr>
          ))}
          {baselines !== null && baselines.teacher !== null && <Reference name="Teacher" accuracy={baselines.teacher} />}
        </tbody>
      </table>
    </div>
  );
}

/** A dash where nothing was done: the last iteration ends with its evaluation, and not every strategy assesses. A zero would read as a result. */
function some(value: number, done: number): string {
  return done === 0 ? '–' : count(value);
}

function Reference({ name, accuracy }: { name: string; accuracy: number | null }) {
  return <tr class="reference-row"><th scope="row">{name}</th><td>{percent(accuracy)}</td><td colSpan={7} /></tr>;
}
