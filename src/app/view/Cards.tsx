/** The assessed records of an iteration as cards, a page of twelve at a time; it follows the newest page until one is chosen. */
import { useState } from 'preact/hooks';
import type { AssessedSample } from '../../comd/events';
import type { Session } from '../session';
import { Card } from './Card';

const PER_PAGE = 12;

export function Cards({ session, samples }: { session: Session; samples: readonly AssessedSample[] }) {
  const [onlyDifficult, setOnlyDifficult] = useState(false);
  const [chosen, choose] = useState<number | null>(null);
  if (samples.length === 0) return null;
  const matching = onlyDifficult ? samples.filter((sample) => sample.difficult) : samples;
  const pages = Math.max(1, Math.ceil(matching.length / PER_PAGE));
  const page = Math.min(chosen ?? pages, pages);
  const turn = (to: number) => choose(to === pages ? null : Math.max(1, to));
  return (
    <>
      <div class="card-tools">
        <h3>Assessed records</h3>
        <label class="inline"><input type="checkbox" checked={onlyDifficult} onChange={(event) => { setOnlyDifficult(event.currentTarget.checked); choose(null); }} /> difficult only</label>
        <div class="pager">
          <button type="button" aria-disabled={page <= 1} onClick={() => page > 1 && turn(page - 1)}>Earlier</button>
          <span class="number">page {page} of {pages}</span>
          <button type="button" aria-disabled={page >= pages} onClick={() => page < pages && turn(page + 1)}>Later</button>
        </div>
      </div>
      {matching.length === 0 && <p class="aside">No record of this iteration was difficult.</p>}
      <ul class="cards">
        {matching.slice((page - 1) * PER_PAGE, page * PER_PAGE).map((sample) => <Card key={sample.record.id} conductor={session.conductor} sample={sample} />)}
      </ul>
    </>
  );
}
