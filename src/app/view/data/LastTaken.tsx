/** What became of the last import: rows taken, rows refused and why, fields that nothing reads. */
import type { TakeSummary } from '../../../../workers/data-protocol';
import { faultsCsv } from '../../data/faults-csv';
import type { DataPage } from '../../data/open';
import { contentText, fieldText, takenText } from '../../data/words';
import { count } from '../../format';
import { Press } from '../models/Press';
import { saveAs } from '../save-as';
import { FaultList } from './FaultList';

/** The rest is in the list that can be downloaded. */
const mostShown = 12;

export function LastTaken({ page: { data } }: { page: DataPage }) {
  const last = data.last.value;
  if (last === null) return null;
  const { name, set, summary } = last;
  return (
    <section aria-labelledby="last-title">
      <h2 id="last-title">{set === null ? `${name} was not taken in` : `${name} is on this machine`}</h2>
      <p role="status">{takenText(summary)}{set !== null && ` It has ${contentText(set)}`}</p>
      {summary.ignored.length > 0 && (
        <p class="entry-facts">Fields that nothing reads: {summary.ignored.slice(0, mostShown).map(({ field }) => field).join(', ')}{summary.ignored.length > mostShown && ' and others'}.</p>
      )}
      {summary.refused > 0 && <Refused name={name} summary={summary} />}
    </section>
  );
}

function Refused({ name, summary: { refused, faults, refusedBy } }: { name: string; summary: TakeSummary }) {
  const listed = faults.length < refused ? ` (the first ${count(faults.length)})` : '';
  const save = () => saveAs(new Blob([faultsCsv(faults)], { type: 'text/csv' }), `${name}-refused.csv`);
  return (
    <>
      <p class="entry-facts">Refused by field: {refusedBy.slice(0, mostShown).map(fieldText).join('; ')}.</p>
      <FaultList title={faults.length > mostShown ? `The first ${mostShown} refusals` : 'Refusals'} faults={faults.slice(0, mostShown)} />
      <div class="buttons"><Press onPress={save}>Download the list as CSV{listed}</Press></div>
    </>
  );
}
