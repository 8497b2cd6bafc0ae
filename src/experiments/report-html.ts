/**
 * A report as one HTML file that needs nothing else: its style, its drawings and its tables are inside. It reads the
 * report and no other source.
 */
import { type Cost, sumOf } from '../comd/cost';
import { watched } from '../comd/health';
import type { Report } from '../comd/report';
import { settingsOf } from '../presets';
import type { Settings } from '../settings';
import { escapeHtml, figureHtml, tableHtml } from './markup';
import { accuracyChart, difficultyChart, lossChart, poolsChart } from './report-charts';
import { reportStyle } from './report-style';
import { percent } from './words';

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
${healthSection(report)}<h2>In numbers</h2>
${iterationTable(report)}
${typeTable(report)}
${dropTable(report)}
${secondsTable(report)}
${costTable(report)}
${settingsTable(report)}
</main>
</body>
</html>
`;
}

function lead(report: Report): string {
  const { teacher, student, backend, adapter, seconds, version } = report;
  const models = `The student ${sized(student)} learned from ${sized(teacher)}${standIns(report)}; ${growth[report.settings.strategy]}.`;
  return `<p class="lead">${escapeHtml(`${models} ${resultText(report)}`)}</p>\n<p class="aside">${escapeHtml(`${backend} on ${adapter}; ${seconds.toFixed(0)} seconds; comd-web ${version}.`)}</p>`;
}

/** What was answered of the test items, in a sentence. */
function resultText({ teacher, baselines, iterations }: Report): string {
  if (teacher.accuracy === null) return 'There were no test items, so that no accuracy was measured.';
  const last = iterations.at(-1)?.accuracy ?? baselines.aligned;
  return `It answered ${percent(baselines.aligned)} of the held-out items after stage 1 and ${percent(last)} at the end; the teacher answers ${percent(teacher.accuracy)}, and the question alone ${percent(baselines.blind)}.`;
}

/** What looked wrong; nothing where the report is of a version that did not look. */
function healthSection({ health }: Report): string {
  if (!health) return '';
  const signs = health.map(({ iteration, sign, seen, try: remedy }) => (
    `<li><strong>Iteration ${iteration}, ${escapeHtml(sign)}.</strong> ${escapeHtml(seen)} <span class="aside">Try: ${escapeHtml(remedy)}</span></li>`
  ));
  return `<h2>Health</h2>\n${signs.length === 0 ? '<p>Nothing to worry about.</p>' : `<ul class="health">\n${signs.join('\n')}\n</ul>`}
<p class="aside">Watched: ${escapeHtml(watched.map(({ watches }) => watches).join('; '))}.</p>\n`;
}

const sized = ({ name, parameters }: { name: string; parameters: number }): string => `${name} (${parameters.toLocaleString('en-GB')} parameters)`;

/** Who marked and wrote where the teacher did not. */
function standIns({ assessor, augmentor }: Report): string {
  return (assessor ? `, with ${sized(assessor)} as assessor` : '') + (augmentor ? `${assessor ? ' and' : ', with'} ${sized(augmentor)} as augmentor` : '');
}

/** How its pools grew, by strategy. */
const growth: Record<Settings['strategy'], string> = {
  comd: 'new records came from around difficult ones (strategy comd)',
  random: 'new records came from around records drawn at random (strategy random)',
  'one-way': 'new records were fresh ones of the data set, answered by the teacher (strategy one-way)',
  none: 'no records were added (strategy none)',
};

function iterationTable({ iterations, baselines, teacher }: Report): string {
  const blank = new Array<string>(9).fill('');
  return tableHtml('Results by iteration', ['Iteration', 'Accuracy', 'Held-out style', 'Tuning pool', 'Cache pool', 'Assessed', 'Difficult', 'Easy', 'Unparsable', 'Truth not known', 'Written', 'Kept'], [
    ['Blind student', percent(baselines.blind), '', ...blank], ['After stage 1', percent(baselines.aligned), '', ...blank],
    ...iterations.map((one) => [
      String(one.iteration), percent(one.accuracy), percent(one.heldOutStyle),
      ...[one.tuningPool, one.cachePool].map(String),
      // The last iteration ends with its evaluation, and not every strategy assesses; zeros there would read as results.
      ...[one.assessed, one.difficult, one.easy, one.unparsable, one.unverifiable].map((value) => (one.assessed === 0 ? '–' : String(value))),
      ...[one.generated, one.kept].map((value) => (one.generated === 0 ? '–' : String(value))),
    ]),
    ['Teacher', percent(teacher.accuracy), percent(teacher.heldOutStyle), ...blank],
  ]);
}

function typeTable({ iterations, teacher }: Report): string {
  const kinds = [...new Set([teacher.byType, ...iterations.map(({ byType }) => byType)].flatMap(Object.keys))].sort();
  if (kinds.length === 0) return '';
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

function costTable({ iterations }: Report): string {
  const cells = ({ teacherCalls, teacherTokens, studentCalls, steps, trainedTokens, seconds }: Cost) => (
    [...[teacherCalls, teacherTokens, studentCalls, steps, trainedTokens].map((value) => value.toLocaleString('en-GB')), seconds.toFixed(1)]
  );
  return tableHtml('Cost, without examinations', ['Iteration', 'Teacher calls', 'Teacher tokens', 'Student calls', 'Steps', 'Tokens trained on', 'Seconds'], [
    ...iterations.map(({ iteration, cost }) => [String(iteration), ...cells(cost)]),
    ['Together', ...cells(sumOf(iterations.map(({ cost }) => cost)))],
  ]);
}

function settingsTable({ preset, settings }: Report): string {
  const usual = Object.entries(settingsOf(preset));
  const values = new Map<string, unknown>(Object.entries(settings));
  return tableHtml('Settings', ['Setting', 'Value', `Preset ${preset}`], usual.map(([name, value]) => [name, String(values.get(name)), String(value)]));
}
