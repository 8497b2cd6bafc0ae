/**
 * An experiment's plot as a file of its own: its style is inside, for light and dark. A point leads to its row in the
 * written page, a run to its report. Where everything lies is `plot.ts`' to say.
 */
import { experimentOf } from './catalogue';
import { escapeHtml } from './markup';
import { type Plot, type PlottedPoint, plotOf, type Room } from './plot';
import type { Results } from './results';
import { at, label, points as corners } from './svg';
import { axisText, pointText, seedText } from './words';

const paper = { width: 720, height: 330 };
const room: Room = { left: 44, right: 708, top: 40, bottom: 276 };
const whiskerHalf = 6;

const style = `
.plot { --sheet: #fdfbf5; --grid: #e6e0d0; --ink: #1c2430; --ink-2: #545b66; --student: #1d4f9c; --faint: #7f9fd0; --teacher: #a8321b; background: var(--sheet); }
@media (prefers-color-scheme: dark) { .plot { --sheet: #1a1f28; --grid: #272e39; --ink: #e8e4da; --ink-2: #a7aeb9; --student: #8bb6f7; --faint: #57779f; --teacher: #f39a82; } }
.plot text { fill: var(--ink-2); font: 12px ui-sans-serif, system-ui, "Liberation Sans", sans-serif; }
.plot text.usual { fill: var(--ink); font-weight: 600; }
.plot .level { stroke: var(--grid); }
.plot .joined { fill: none; stroke: var(--faint); stroke-width: 1.5; }
.plot .mean { fill: var(--student); }
.plot .whisker { stroke: var(--student); stroke-width: 2; fill: none; }
.plot .run { fill: var(--sheet); stroke: var(--faint); stroke-width: 1.5; }
.plot .teacher { stroke: var(--teacher); stroke-width: 2; }
.plot a:focus-visible .mean, .plot a:hover .mean, .plot a:hover .run { stroke: var(--ink); stroke-width: 2; }
`;

/** The anchor of a variant's row in the written page. */
export const anchorOf = (place: number): string => `variant-${place}`;

/** Where a run's report lies, seen from the folder of an experiment. */
export const reportPath = (run: string): string => `../runs/${run}/report.html`;

export function plotSvg(results: Results): string {
  const experiment = experimentOf(results.experiment);
  const plot = plotOf(results, room);
  const name = `${experiment.title}: accuracy with its 95 % interval`;
  return [
    `<svg class="plot" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${paper.width} ${paper.height}" role="group" aria-label="${escapeHtml(name)}"><style>${style}</style>`,
    legend(),
    ...plot.levels.map(({ y, text }) => `<path class="level" d="M${room.left} ${at(y)}H${room.right}"/>${label(room.left - 8, y + 4, text, 'end')}`),
    ...plot.points.map(({ x, variant, usual }) => label(x, room.bottom + 20, variant, 'middle', usual ? 'usual' : '')),
    label((room.left + room.right) / 2, paper.height - 10, axisText(experiment), 'middle'),
    joined(plot),
    ...plot.points.map((point, place) => drawn(results, point, place)),
    '</svg>',
  ].join('');
}

function legend(): string {
  const y = 16;
  return `${label(8, y + 4, 'Accuracy in per cent')}`
    + `${whisker(238, y - 9, y + 9)}<circle class="mean" cx="238" cy="${y}" r="5"/>${label(252, y + 4, 'mean and its 95 % interval')}`
    + `<circle class="run" cx="434" cy="${y}" r="3.5"/>${label(444, y + 4, 'one run')}`
    + `<path class="teacher" d="M510 ${y}h20"/>${label(538, y + 4, 'teacher')}`;
}

function joined({ joined: wanted, points }: Plot): string {
  if (!wanted) return '';
  return `<polyline class="joined" points="${corners(points.flatMap(({ x, y }) => (y === null ? [] : [{ x, y }])))}"/>`;
}

function drawn(results: Results, { x, y, whisker: ends, teacher, runs }: PlottedPoint, place: number): string {
  const point = results.points[place];
  if (point === undefined) return '';
  const words = escapeHtml(pointText(experimentOf(results.experiment), point));
  const mean = y === null ? '' : `<a href="index.html#${anchorOf(place)}" aria-label="${words}"><title>${words}</title>`
    + `${ends === null ? '' : whisker(x, ends.top, ends.bottom)}<circle class="mean" cx="${at(x)}" cy="${at(y)}" r="5"/></a>`;
  const each = runs.map(({ run, x: cx, y: cy }, index) => {
    const measured = point.measured[index];
    const said = measured === undefined ? '' : escapeHtml(`${point.variant}, ${seedText(measured)}`);
    return `<a href="${reportPath(run)}" aria-label="${said}"><title>${said}</title><circle class="run" cx="${at(cx)}" cy="${at(cy)}" r="3.5"/></a>`;
  });
  return `${teacher === null ? '' : `<path class="teacher" d="M${at(x - 12)} ${at(teacher)}h24"/>`}${mean}${each.join('')}`;
}

function whisker(x: number, top: number, bottom: number): string {
  const [left, right] = [at(x - whiskerHalf), at(x + whiskerHalf)];
  return `<path class="whisker" d="M${at(x)} ${at(top)}V${at(bottom)}M${left} ${at(top)}H${right}M${left} ${at(bottom)}H${right}"/>`;
}
