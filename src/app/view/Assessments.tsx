/** What teacher and student were compared on, iteration by iteration: histogram, counts and cards. */
import { useState } from 'preact/hooks';
import type { Session } from '../session';
import { Cards } from './Cards';
import { Counts } from './Counts';
import { Histogram } from './Histogram';
import { Notices } from './Notices';
import { useSlice } from './slice';

export function Assessments({ session }: { session: Session }) {
  const assessments = useSlice(session, (view) => view.assessments);
  const reports = useSlice(session, (view) => view.reports);
  const [chosen, choose] = useState<number | null>(null);
  const iterations = [...new Set([...assessments, ...reports.filter((report) => report.assessed > 0)].map(({ iteration }) => iteration))].sort((a, b) => a - b);
  const shown = chosen ?? iterations.at(-1) ?? 0;
  const assessment = assessments.find(({ iteration }) => iteration === shown);
  const report = reports.find(({ iteration }) => iteration === shown);
  return (
    <section aria-labelledby="assessments-title">
      <div class="section-head">
        <h2 id="assessments-title">What is difficult</h2>
        <label class="inline">
          Iteration{' '}
          <select value={chosen ?? 'newest'} onChange={(event) => choose(event.currentTarget.value === 'newest' ? null : Number(event.currentTarget.value))}>
            <option value="newest">newest</option>
            {iterations.map((iteration) => <option key={iteration} value={iteration}>{iteration}</option>)}
          </select>
        </label>
      </div>
      <div class="figures">
        <Histogram bins={report !== undefined && report.assessed > 0 ? report.histogram : assessment?.histogram ?? null} tau={session.settings.value.tau} iteration={shown} />
        <Counts assessment={assessment} report={report} />
      </div>
      <Cards key={shown} session={session} samples={assessment?.samples ?? []} />
      <Notices session={session} />
    </section>
  );
}
