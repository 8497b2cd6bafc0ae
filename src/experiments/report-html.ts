/**
 * A report as one HTML file that needs nothing else: its style, its drawings and its tables are inside. It reads the
 * report and no other source.
 */
import type { Report } from '../comd/report';
import { settingsOf } from '../settings';
import { escapeHtml, figureHtml, tableHtml } from './markup';
import { accuracyChart, difficultyChart, lossChart, poolsChart } from './report-charts';
import { reportStyle } from './report-style';

/** The whole file as text. Everything that comes from the report is escaped. */
export function reportHtml(report: Report): string {
  const title = `CoMD, ${report.preset}, seed ${report.seed}`;
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escapeHtml(title)}</title><style>${reportStyle}</style></head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
${lead(report)}
<h2>What was learned</h2>
<div class="figures">
${figureHtml('Loss.', 'By training step: each step faint, its running mean strong.', lossChart(report), true)}
${figureHtml('Accuracy.', 'On held-out items, in per cent, by iteration.', accuracyChart(report))}
${figureHtml('Pools.', 'Records in the tuning pool (filled) and the cache pool (open), by iteration.', poolsChart(report))}
</div>
<h2>What was difficult</h2>
<div class="figures">
${report.iterations.filter(({ assessed }) => assessed > 0).map((iteration) => figureHtml(`Iteration ${iteration.iteration}.`, `S_k of ${iteration.assessed} assessed records; ${iteration.difficult} are difficult.`, difficultyChart(iteration, report.settings.tau))).join('\n')}
</div>
<h2>In numbers</h2>
${iterationTable(report)}
${typeTable(report)}
${dropTable(report)}
${secondsTable(report)}
${settingsTable(report)}
</main>
</body>
</html>
`;
}

function lead({ teacher, student, baselines, iterations, backend, adapter, seconds, version }: Report): string {
  const last = iterations.at(-1)?.accuracy ?? baselines.aligned;
  const models = `The student ${student.name} (${student.parameters.toLocaleString('en-GB')} parameters) learned from ${teacher.name} (${teacher.parameters.toLocaleString('en-GB')} parameters).`;
  const result = `It answered ${percent(baselines.aligned)} of the held-out items after stage 1 and ${percent(last)} at the end; the teacher answers ${percent(teacher.accuracy)}, and the question alone ${percent(baselines.blind)}.`;
  return `<p class="lead">${escapeHtml(`${models} ${result}`)}</p>\n<p class="aside">${escapeHtml(`${backend} on ${adapter}; ${seconds.toFixed(0)} seconds; comd-web ${version}.`)}</p>`;
}

function iterationTable({ iterations, baselines, teacher }: Report): string {
  const blank = new Array<string>(8).fill('');
  return tableHtml('Results by iteration', ['Iteration', 'Accuracy', 'Held-out style', 'Tuning pool', 'Cache pool', 'Assessed', 'Difficult', 'Easy', 'Unparsable', 'Written', 'Kept'], [
    ['Blind student', percent(baselines.blind), '', ...blank], ['After stage 1', percent(baselines.aligned), '', ...blank],
    ...iterations.map((one) => [
      String(one.iteration), percent(one.accuracy), percent(one.heldOutStyle),
      ...[one.tuningPool, one.cachePool].map(String),
      // The last iteration ends with its evaluation; zeros there would read as results.
      ...[one.assessed, one.difficult, one.easy, one.unparsable, one.generated, one.kept].map((value) => (one.assessed === 0 ? '–' : String(value))),
    ]),
    ['Teacher', percent(teacher.accuracy), percent(teacher.heldOutStyle), ...blank],
  ]);
}

function typeTable({ iterations, teacher }: Report): string {
  const kinds = [...new Set([teacher.byType, ...iterations.map(({ byType }) => byType)].flatMap(Object.keys))].sort();
  return tableHtml('Accuracy by kind of question', ['Kind', 'Items', ...iterations.map(({ iteration }) => `Iteration ${iteration}`), 'Teacher'], kinds.map((kind) => [
    kind, String((teacher.byType[kind] ?? iterations[0]?.byType[kind])?.items ?? '–'), ...iterations.map(({ byType }) => percent(byType[kind]?.accuracy)), percent(teacher.byType[kind]?.accuracy),
  ]));
}

function dropTable({ iterations }: Report): string {
  const reasons = [...new Set(iterations.flatMap(({ dropped }) => Object.keys(dropped)))].sort();
  if (reasons.length === 0) return '';
  return tableHtml('New instructions that were dropped, by reason', ['Reason', ...iterations.map(({ iteration }) => `Iteration ${iteration}`)], reasons.map((reason) => [
    reason, ...iterations.map(({ dropped }) => String(dropped[reason] ?? 0)),
  ]));
}

function secondsTable({ align, iterations }: Report): string {
  return tableHtml('Seconds', ['Stage', 'Tune', 'Evaluate', 'Assess', 'Augment'], [
    ['Stage 1', align.seconds.toFixed(1), '', '', ''],
    ...iterations.map(({ iteration, seconds }) => [`Iteration ${iteration}`, ...[seconds.tune, seconds.evaluate, seconds.assess, seconds.augment].map((value) => value.toFixed(1))]),
  ]);
}

function settingsTable({ preset, settings }: Report): string {
  const usual = Object.entries(settingsOf(preset));
  const values = new Map<string, unknown>(Object.entries(settings));
  return tableHtml('Settings', ['Setting', 'Value', `Preset ${preset}`], usual.map(([name, value]) => [name, String(values.get(name)), String(value)]));
}

function percent(share: number | null | undefined): string {
  return share === null || share === undefined ? '–' : `${(share * 100).toFixed(1)} %`;
}
