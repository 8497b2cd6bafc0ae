/**
 * Runs that an earlier version stored, as this one reads them: settings that there were not yet stand at their defaults, and
 * what was not counted yet is zero. How their records are stored is `pools/upgrade.ts`'.
 */
import type { RunRow } from '../pools/rows';
import { settingsOf } from '../presets';
import { noCost } from './cost';
import type { Report } from './report';

const uncounted = { unverifiable: 0, cost: noCost };

export function asToday(row: RunRow): RunRow {
  return { ...row, settings: settingsOf(row.preset, row.settings), report: row.report && reportAsToday(row.report) };
}

function reportAsToday(report: Report): Report {
  return {
    ...report,
    settings: settingsOf(report.preset, report.settings),
    iterations: report.iterations.map((iteration) => ({ ...uncounted, ...iteration })),
  };
}
