/**
 * A report as the tables that end `npm run distill`: what was learned, and what it cost. It judges nothing.
 */
import { type Cost, sumOf } from '../src/comd/cost';
import type { Report } from '../src/comd/report';
import { percent } from '../src/experiments/words';
import { duration, place } from './progress';

const head = ['', 'tuning pool', 'assessed', 'difficult', 'kept', 'accuracy', 'held-out style', 'seconds'];

const costHead = ['cost', 'teacher calls', 'teacher tokens', 'student calls', 'steps', 'tokens trained on', 'seconds'];

/** One row for each baseline, each iteration and the teacher, then the costs; columns stand under their heads. What looked wrong comes last. */
export function summary(report: Report): string {
  const { preset, seed, settings: { strategy }, backend, adapter } = report;
  const last = `${preset}, seed ${seed}, strategy ${strategy}, ${backend} on ${adapter}; ${duration(report.seconds)} in all`;
  return [...aligned(resultRows(report)), ...unjudged(report), '', ...aligned(costRows(report)), '', last, ...healthLines(report)].join('\n');
}

/** What the dashes in the place of accuracies say. */
function unjudged({ teacher }: Report): string[] {
  return teacher.accuracy === null ? ['no test items: no accuracy was measured'] : [];
}

function healthLines({ health }: Report): string[] {
  if (!health) return [];
  if (health.length === 0) return ['', 'health: nothing to worry about'];
  return ['', 'health', ...health.map(({ iteration, sign, seen, try: remedy }) => `  ${place(iteration)}, ${sign}: ${seen} ${remedy}`)];
}

function resultRows(report: Report): string[][] {
  return [
    head,
    ['blind baseline', '', '', '', '', percent(report.baselines.blind), '', ''],
    ['after stage 1', '', '', '', '', percent(report.baselines.aligned), '', seconds(report.align.seconds)],
    ...report.iterations.map(iterationRow),
    ['teacher', '', '', '', '', percent(report.teacher.accuracy), percent(report.teacher.heldOutStyle), ''],
  ];
}

/** What each iteration cost, and all together, without examinations. */
function costRows({ iterations }: Report): string[][] {
  return [
    costHead,
    ...iterations.map(({ iteration, cost }) => [`iteration ${iteration}`, ...costCells(cost)]),
    ['together', ...costCells(sumOf(iterations.map(({ cost }) => cost)))],
  ];
}

function costCells({ teacherCalls, teacherTokens, studentCalls, steps, trainedTokens, seconds: spent }: Cost): string[] {
  return [...[teacherCalls, teacherTokens, studentCalls, steps, trainedTokens].map((value) => value.toLocaleString('en-GB')), seconds(spent)];
}

/** Lines with the cells of each column under its head: names to the left, numbers to the right. */
export function aligned(rows: readonly string[][]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows.map((row) => row.map((cell, column) => (
    column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)
  )).join('  ').trimEnd());
}

function iterationRow(it: Report['iterations'][number]): string[] {
  const judged = it.difficult + it.easy;
  const { tune, evaluate, assess, augment } = it.seconds;
  return [
    `iteration ${it.iteration}`, String(it.tuningPool), String(it.assessed), judged > 0 ? percent(it.difficult / judged) : '–',
    String(it.kept), percent(it.accuracy), percent(it.heldOutStyle), seconds(tune + evaluate + assess + augment),
  ];
}

function seconds(value: number): string {
  return value.toFixed(0);
}
