/** The failure signs of the run: what was seen, in which iteration, and what to try. It decides nothing; the conductor does. */
import { watched } from '../../comd/health';
import type { HealthSign, SignName } from '../../comd/health/sign';
import type { Session } from '../session';
import type { Health as Looked } from '../state';
import { useSlice } from './slice';

export function Health({ session }: { session: Session }) {
  const looked = useSlice(session, (view) => view.health);
  const found = bySign(looked);
  return (
    <section aria-labelledby="health-title">
      <h2 id="health-title">Health</h2>
      {found.length === 0 && <p class="health-verdict">{looked.length === 0 ? 'The run is looked over at the end of every iteration.' : 'Nothing to worry about so far.'}</p>}
      {found.length > 0 && <ul class="health-signs">{found.map((sightings) => <Sign key={sightings[0]?.sign} sightings={sightings} />)}</ul>}
      <h3 class="health-watched-title">Watched</h3>
      <ul class="health-watched">{watched.map(({ sign, watches }) => <li key={sign}>{watches}</li>)}</ul>
    </section>
  );
}

/** A sign as it was last seen, with the iterations that it was seen in before. */
function Sign({ sightings }: { sightings: readonly HealthSign[] }) {
  const newest = sightings.at(-1);
  if (newest === undefined) return null;
  const before = sightings.slice(0, -1).map(({ iteration }) => placeOf(iteration));
  return (
    <li>
      <h3>{newest.sign} <span class="aside">{placeOf(newest.iteration)}{before.length > 0 && `; before that ${before.join(', ')}`}</span></h3>
      <p>{newest.seen}</p>
      <p class="health-try"><strong>Try:</strong> {newest.try}</p>
    </li>
  );
}

const placeOf = (iteration: number): string => (iteration === 0 ? 'stage 1' : `iteration ${iteration}`);

/** Sightings of each sign in the order of iterations; signs in the order in which they were first seen. */
function bySign(looked: readonly Looked[]): HealthSign[][] {
  const groups = new Map<SignName, HealthSign[]>();
  for (const found of looked.flatMap(({ signs }) => signs)) groups.set(found.sign, [...groups.get(found.sign) ?? [], found]);
  return [...groups.values()];
}
