/** The four drawings of a report, each as SVG text. The numbers come from the report; the strokes from `svg.ts`. */
import type { IterationReport, Report } from '../comd/report';
import { linear, smooth, spread, ticks } from './scale';
import { at, axisTo, bar, grid, half, HEIGHT, highest, label, level, points, svg, upright, wide } from './svg';

/** Training loss of every step, stage by stage: faint as measured, strong as its running mean. */
export function lossChart({ align, iterations }: Report): string {
  const stages = [{ name: 'align', losses: align.losses }, ...iterations.map(({ iteration, losses }) => ({ name: `tune ${iteration}`, losses }))];
  const steps = stages.reduce((sum, { losses }) => sum + losses.length, 0);
  const x = linear([0, Math.max(1, steps - 1)], [wide.left, wide.right]);
  const y = axisTo(highest(stages.flatMap(({ losses }) => losses), 1), wide);
  let next = 0;
  const lines = stages.filter(({ losses }) => losses.length > 0).map(({ name, losses }) => {
    const start = next;
    next += losses.length;
    const path = (values: readonly number[]) => points(values.map((value, index) => ({ x: x(start + index), y: y(value) })));
    return upright('stage', x(start), wide) + label(x(start) + 5, wide.top - 6, name)
      + `<polyline class="faint" points="${path(losses)}"/><polyline class="line student" points="${path(smooth(losses))}"/>`;
  });
  const below = ticks(0, Math.max(1, steps), 8).map((step) => label(x(step), HEIGHT - 10, String(step), 'middle'));
  return svg(wide, `Training loss over ${steps} steps`, [grid(y, ticks(0, y.high, 4), wide), ...below, ...lines]);
}

/** Accuracy of the student by iteration, between its baselines and the teacher; words in their place where there was nothing to judge on. */
export function accuracyChart({ iterations, teacher, baselines }: Report): string {
  const frame = { ...half, right: 336 };
  const x = linear([1, Math.max(2, iterations.length)], [frame.left + 14, frame.right - 10]);
  const y = axisTo(1, frame);
  const references = [
    { name: 'teacher', value: teacher.accuracy, ink: 'line teacher' },
    { name: 'aligned', value: baselines.aligned, ink: 'line student dashed' },
    { name: 'blind', value: baselines.blind, ink: 'line dotted' },
  ].flatMap(({ value, ...line }) => (value === null ? [] : [{ ...line, value }]));
  const line = (name: string, valueOf: (report: IterationReport) => number | null) => iterations.flatMap((report) => {
    const value = valueOf(report);
    return value === null ? [] : [{ name, value, x: x(report.iteration), y: y(value) }];
  });
  const student = line('student', ({ accuracy }) => accuracy);
  const held = line('held-out style', ({ heldOutStyle }) => heldOutStyle);
  const named = [...references, ...student.slice(-1), ...held.slice(-1)];
  const places = spread(named.map(({ value }) => y(value)), 15);
  const inks: Record<string, string> = { teacher: 'teacher', blind: '' };
  return svg(frame, `Accuracy by iteration: ${named.map(({ name, value }) => `${name} ${Math.round(value * 100)} %`).join(', ') || 'no test items'}`, [
    grid(y, ticks(0, 1, 4), frame, (mark) => String(Math.round(mark * 100))),
    ...iterations.map(({ iteration }) => label(x(iteration), HEIGHT - 10, String(iteration), 'middle')),
    ...references.map(({ value, ink }) => level(ink, y(value), frame)),
    `<polyline class="line student dashed" points="${points(held)}"/>`,
    `<polyline class="line student" points="${points(student)}"/>`,
    ...student.map((dot) => `<circle class="dot" cx="${at(dot.x)}" cy="${at(dot.y)}" r="4"/>`),
    ...(named.length === 0 ? [label((frame.left + frame.right) / 2, HEIGHT / 2, 'no test items', 'middle')] : []),
    ...named.map(({ name, value }, index) => label(frame.right + 8, (places[index] ?? 0) + 4, `${name} ${Math.round(value * 100)}`, 'start', inks[name] ?? 'student')),
  ]);
}

/** Sizes of both pools by iteration: tuning filled, cache open. */
export function poolsChart({ iterations }: Report): string {
  const y = axisTo(highest(iterations.flatMap(({ tuningPool, cachePool }) => [tuningPool, cachePool]), 10), half);
  const slot = (half.right - half.left) / Math.max(1, iterations.length);
  const breadth = Math.min(34, slot * 0.34);
  return svg(half, 'Pool sizes by iteration', [
    grid(y, ticks(0, y.high, 4), half),
    ...iterations.map(({ iteration, tuningPool, cachePool }, index) => {
      const middle = half.left + slot * (index + 0.5);
      const sizes = tuningPool === cachePool ? String(tuningPool) : `${tuningPool} / ${cachePool}`;
      return bar('filled', middle - breadth, middle - 2, y(tuningPool), half) + bar('open', middle + 2, middle + breadth, y(cachePool), half)
        + label(middle, y(Math.max(tuningPool, cachePool)) - 7, sizes, 'middle') + label(middle, HEIGHT - 10, String(iteration), 'middle');
    }),
  ]);
}

/** S_k of one iteration's assessed records in equal bins over 0..1, cut by tau. */
export function difficultyChart({ iteration, histogram }: IterationReport, tau: number): string {
  const x = linear([0, 1], [half.left, half.right]);
  const y = axisTo(highest(histogram, 4), half);
  const cut = x(Math.min(1, Math.max(0, tau)));
  const late = tau > 0.8;
  return svg(half, `S_k of iteration ${iteration}: ${histogram.join(', ')} records in bins from 0 to 1`, [
    grid(y, ticks(0, y.high, 4).filter(Number.isInteger), half),
    ...[0, 0.2, 0.4, 0.6, 0.8, 1].map((mark) => label(x(mark), HEIGHT - 10, String(mark), 'middle')),
    ...histogram.map((bin, index) => {
      const [from, to] = [x(index / histogram.length) + 1, x((index + 1) / histogram.length) - 1];
      const edge = Math.min(to, Math.max(from, cut));
      return bar('easy', from, edge, y(bin), half) + bar('difficult', edge, to, y(bin), half);
    }),
    upright('tau', cut, half),
    label(cut + (late ? -6 : 6), half.top - 8, `tau ${tau}`, late ? 'end' : 'start', 'tau'),
  ]);
}
