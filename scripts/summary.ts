/**
 * A report as the table that ends `npm run distill`. It judges nothing.
 */
import type { Report } from '../src/comd/report';
import { duration, percent } from './progress';

const head = ['', 'tuning pool', 'assessed', 'difficult', 'kept', 'accuracy', 'held-out style', 'seconds'];

/** One row for each baseline, each iteration and the teacher; columns stand under their heads. */
export function summary(report: Report): string {
  const rows = [
    head,
    ['blind baseline', '', '', '', '', percent(report.baselines.blind), '', ''],
    ['after stage 1', '', '', '', '', percent(report.baselines.aligned), '', seconds(report.align.seconds)],
    ...report.iterations.map(iterationRow),
    ['teacher', '', '', '', '', percent(report.teacher.accuracy), style(report.teacher.heldOutStyle), ''],
  ];
  const widths = head.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const lines = rows.map((row) => row.map((cell, column) => (
    column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)
  )).join('  ').trimEnd());
  return [...lines, '', `${report.preset}, seed ${report.seed}, ${report.backend} on ${report.adapter}; ${duration(report.seconds)} in all`].join('\n');
}

function iterationRow(it: Report['iterations'][number]): string[] {
  const judged = it.difficult + it.easy;
  const { tune, evaluate, assess, augment } = it.seconds;
  return [
    `iteration ${it.iteration}`, String(it.tuningPool), String(it.assessed), judged > 0 ? percent(it.difficult / judged) : '–',
    String(it.kept), percent(it.accuracy), style(it.heldOutStyle), seconds(tune + evaluate + assess + augment),
  ];
}

function style(accuracy: number | null): string {
  return accuracy === null ? '–' : percent(accuracy);
}

function seconds(value: number): string {
  return value.toFixed(0);
}
