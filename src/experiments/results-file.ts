/** Results as files that other programs read: JSON with all that is known, CSV with a row for each run of each variant. */
import { experimentOf } from './catalogue';
import { spentOn, teacherValueOf } from './experiment';
import type { Results } from './results';

/** The whole of them, and what was asked, so that the file says by itself what it is. */
export function resultsJson(results: Results): string {
  const { name, title, question, claim, axis, contrast } = experimentOf(results.experiment);
  return `${JSON.stringify({ ...results, experiment: { name, title, question, claim, axis, contrast } }, null, 2)}\n`;
}

const columns = [
  'experiment', 'variant', 'x', 'seed', 'run', 'accuracy', 'teacher', 'aligned', 'blind', 'records', 'steps', 'trained_tokens', 'teacher_calls',
  'teacher_tokens', 'student_calls', 'work_seconds', 'run_seconds', 'error',
] as const;

/** Accuracies in 0..1; empty where there is none. Written by RFC 4180, but with line feeds alone. */
export function resultsCsv({ experiment, points, outcomes }: Results): string {
  const { variants } = experimentOf(experiment);
  const byId = new Map(outcomes.map((outcome) => [outcome.run, outcome]));
  const rows = points.flatMap(({ variant, x, measured, failures }) => {
    const reading = variants.find(({ label }) => label === variant)?.reading;
    return [
      ...measured.map(({ seed, run, value }) => {
        const outcome = byId.get(run);
        if (outcome === undefined || reading === undefined) return [experiment, variant, x, seed, run, value];
        const { cost, records } = spentOn(reading, outcome);
        return [
          experiment, variant, x, seed, run, value, teacherValueOf(reading, outcome), outcome.baselines.aligned, outcome.baselines.blind, records, cost.steps,
          cost.trainedTokens, cost.teacherCalls, cost.teacherTokens, cost.studentCalls, cost.seconds, outcome.seconds, '',
        ];
      }),
      ...failures.map(({ seed, run, message }) => [experiment, variant, x, seed, run, ...new Array<string>(columns.length - 6).fill(''), message]),
    ];
  });
  return [columns, ...rows].map((row) => `${row.map(cell).join(',')}\n`).join('');
}

/** One cell, quoted where it holds what would end it. */
export function cell(value: string | number | null): string {
  const text = value === null ? '' : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
