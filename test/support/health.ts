/** Signs of a run that goes wrong, for tests of what shows them. */
import type { RunEvent } from '../../src/comd/events';
import type { HealthSign } from '../../src/comd/health/sign';

const sign = (name: HealthSign['sign'], iteration: number, seen: string, remedy: string): HealthSign => ({ sign: name, iteration, seen, try: remedy });

/** By iteration: one without, and two with some, of which one was seen before. */
export const syntheticHealth: Extract<RunEvent, { type: 'health' }>[] = [
  { type: 'health', iteration: 1, signs: [] },
  { type: 'health', iteration: 2, signs: [
    sign('marks', 2, 'Where one of two answers is right and the other wrong, the right one got the higher mark in 41 of 96 comparisons (43 %).', 'Name a better assessor ("assessor"), show it the known answers ("reference"), or go by them alone ("difficulty" verifiable).'),
  ] },
  { type: 'health', iteration: 3, signs: [
    sign('marks', 3, 'Where one of two answers is right and the other wrong, the right one got the higher mark in 50 of 90 comparisons (56 %).', 'Name a better assessor ("assessor"), show it the known answers ("reference"), or go by them alone ("difficulty" verifiable).'),
    sign('repeating', 3, '310 of 420 new instructions (74 %) were dropped as repeats of known ones, or too like them.', 'Raise "augmentTemperature", or write about <other> images too ("freshImages").'),
  ] },
];

export const syntheticSigns: HealthSign[] = syntheticHealth.flatMap(({ signs }) => signs);
