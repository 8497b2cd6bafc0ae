/** Accuracy by kind of question: a row a kind, a column an iteration, and the teacher's once the run has ended. */
import { percent } from '../format';
import type { Session } from '../session';
import { useSlice } from './slice';

export function TypeTable({ session }: { session: Session }) {
  const reports = useSlice(session, (view) => view.reports);
  const teacher = session.report.value?.teacher.byType;
  const kinds = [...new Set(reports.flatMap((report) => Object.keys(report.byType)))].sort();
  if (kinds.length === 0) return null;
  return (
    <div class="scroller" role="region" aria-label="Accuracy by kind of question" tabIndex={0}>
      <table class="tinted">
        <caption>Accuracy by kind of question</caption>
        <thead>
          <tr>
            <th scope="col">Kind</th><th scope="col">Items</th>
            {reports.map(({ iteration }) => <th scope="col" key={iteration}>Iteration {iteration}</th>)}
            {teacher !== undefined && <th scope="col">Teacher</th>}
          </tr>
        </thead>
        <tbody>
          {kinds.map((kind) => (
            <tr key={kind}>
              <th scope="row">{kind}</th>
              <td>{reports.at(-1)?.byType[kind]?.items ?? '–'}</td>
              {reports.map((report) => <Share key={report.iteration} value={report.byType[kind]?.accuracy} />)}
              {teacher !== undefined && <Share value={teacher[kind]?.accuracy} />}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Share({ value }: { value: number | undefined }) {
  return <td class="share" style={{ '--share': `${Math.round((value ?? 0) * 100)}%` }}>{percent(value)}</td>;
}
