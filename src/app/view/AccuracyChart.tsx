/** Accuracy of the student by iteration, with teacher, aligned student and blind student as lines to hold it against. */
import { linear, spread, ticks } from '../../experiments/scale';
import { percent } from '../format';
import type { Session } from '../session';
import type { Baselines } from '../state';
import type { IterationReport } from '../../comd/report';
import { Figure } from './Figure';
import { useSlice } from './slice';
import { useWidth } from './width';

const HEIGHT = 240;
const EDGE = { top: 14, right: 118, bottom: 28, left: 40 };

export function AccuracyChart({ session }: { session: Session }) {
  const reports = useSlice(session, (view) => view.reports);
  const baselines = useSlice(session, (view) => view.baselines);
  const [ref, width] = useWidth<HTMLDivElement>();
  return (
    <Figure title="Accuracy" caption="on held-out items, by iteration. The exact numbers stand in the table below." empty={emptyNote(reports, baselines)}>
      <div ref={ref} style={{ height: `${HEIGHT}px` }}>
        {width > 0 && <Drawing width={width} iterations={session.settings.value.iterations} reports={reports} baselines={baselines} />}
      </div>
    </Figure>
  );
}

function emptyNote(reports: readonly IterationReport[], baselines: Baselines | null): string | null {
  if (reports.length === 0) return baselines === null ? 'Measured on held-out items after every iteration.' : null;
  return reports.every(({ accuracy, heldOutStyle }) => accuracy === null && heldOutStyle === null) ? 'There are no test items, so that no accuracy is measured.' : null;
}

interface DrawingProps { width: number; iterations: number; reports: readonly IterationReport[]; baselines: Baselines | null }

function Drawing({ width, iterations, reports, baselines }: DrawingProps) {
  const [left, right] = [EDGE.left, width - EDGE.right];
  const x = linear([1, Math.max(2, iterations)], [left + 14, right - 10]);
  const y = linear([0, 1], [HEIGHT - EDGE.bottom, EDGE.top]);
  const references = [
    { name: 'teacher', value: baselines?.teacher ?? null }, { name: 'aligned', value: baselines?.aligned ?? null }, { name: 'blind', value: baselines?.blind ?? null },
  ].flatMap(({ name, value }) => (value === null ? [] : [{ name, value }]));
  const measured = (valueOf: (report: IterationReport) => number | null) => reports.flatMap((report) => {
    const value = valueOf(report);
    return value === null ? [] : [{ iteration: report.iteration, value }];
  });
  const student = measured(({ accuracy }) => accuracy);
  const held = measured(({ heldOutStyle }) => heldOutStyle);
  const labels = [...references, ...last('student', student), ...last('held-out style', held)];
  const places = spread(labels.map(({ value }) => y(value)), 15);
  const points = (line: typeof student) => line.map(({ iteration, value }) => `${x(iteration)},${y(value)}`).join(' ');
  return (
    <svg width={width} height={HEIGHT} role="img" aria-label={`Accuracy: ${labels.map(({ name, value }) => `${name} ${percent(value)}`).join(', ') || 'nothing measured yet'}`}>
      {ticks(0, 1, 4).map((tick) => (
        <g class="axis"><path d={`M${left} ${y(tick)}H${right}`} /><text x={left - 8} y={y(tick) + 4} text-anchor="end">{Math.round(tick * 100)}</text></g>
      ))}
      {Array.from({ length: iterations }, (_, index) => <text class="axis-label" x={x(index + 1)} y={HEIGHT - 8} text-anchor="middle">{index + 1}</text>)}
      {references.map(({ name, value }) => <path class={`reference ${name}`} d={`M${left} ${y(value)}H${right}`} />)}
      <polyline class="line held-out" points={points(held)} />
      <polyline class="line student" points={points(student)} />
      {held.map(({ iteration, value }) => <circle class="dot held-out" cx={x(iteration)} cy={y(value)} r="3" />)}
      {student.map(({ iteration, value }) => <circle class="dot student" cx={x(iteration)} cy={y(value)} r="4.5" />)}
      {labels.map(({ name, value }, index) => (
        <text class={`line-label ${name.replace(/ .*/, '')}`} x={right + 8} y={(places[index] ?? 0) + 4}>{name} {Math.round(value * 100)}</text>
      ))}
    </svg>
  );
}

function last(name: string, line: { value: number }[]): { name: string; value: number }[] {
  return line.slice(-1).map(({ value }) => ({ name, value }));
}
