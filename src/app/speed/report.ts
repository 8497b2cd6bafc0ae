/** A round of measurements as a file, in the form that `npm run bench -- --json FILE` writes. */
import type { SpeedAdapter } from '../../../workers/protocol';
import type { Entry } from './speed-session';
import { isRow } from './words';

/** What a browser tells of the machine. */
export interface Machine {
  browser: string;
  processors: string;
  adapter: SpeedAdapter | null;
}

export function reportText({ processors, browser, adapter }: Machine, entries: readonly Entry[]): string {
  const outcomes = entries.flatMap(({ outcome }) => (outcome === null ? [] : [outcome]));
  const report = { processors, browser, adapter: adapter?.name ?? null, rows: outcomes.filter(isRow), failures: outcomes.filter((outcome) => !isRow(outcome)) };
  return `${JSON.stringify(report, null, 2)}\n`;
}
