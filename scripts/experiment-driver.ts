/** Makes a run of an experiment in a Chromium of its own, with a fresh profile, and takes its report. */
import { readFile } from 'node:fs/promises';
import { strFromU8, unzipSync } from 'fflate';
import type { RunEvent } from '../src/comd/events';
import type { Report } from '../src/comd/report';
import type { PlannedRun } from '../src/experiments/plan';
import { readReport } from '../src/experiments/report-file';
import type { Make } from '../src/experiments/series';
import { settingsOf } from '../src/presets';
import { drive } from './drive';

/** `base` is where the page is served, with its slash; `listen` hears of the run under way. */
export function inBrowser(browser: string, base: string, listen: (event: RunEvent) => void): Make {
  return async (run, signal) => {
    const { settings } = run;
    let report: Report | null = null;
    await drive({
      browser, url: async () => runUrl(base, run), foreign: [settings.teacher, settings.student].some((model) => /^https?:/.test(model)),
      // A signal of its own: every run listens to it anew.
      webgpu: settings.backend === 'webgpu', visible: false, signal: AbortSignal.any([signal]), listen,
    }, async ({ zip }) => {
      const { 'report.json': file } = unzipSync(await readFile(zip), { filter: ({ name }) => name === 'report.json' });
      report = file === undefined ? null : readReport(strFromU8(file));
    });
    if (report === null) throw new Error('The page gave no report that could be read.');
    return report;
  };
}

/** The page's address that starts a run: its preset, and the settings in which it differs from it. */
export function runUrl(base: string, { preset, settings }: Pick<PlannedRun, 'preset' | 'settings'>): string {
  const usual = new Map<string, unknown>(Object.entries(settingsOf(preset)));
  const query = new URLSearchParams({ preset });
  for (const [name, value] of Object.entries(settings)) if (usual.get(name) !== value) query.set(name, String(value));
  query.set('autostart', '1');
  return `${base}?${query}`;
}
