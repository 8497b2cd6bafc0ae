/** The canvas of the loss curve: uPlot, in the colours of the theme, redrawn a few times a second at most. */
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { stageLosses, type StageLosses } from '../stage-losses';
import type { LossPoint } from '../state';
import { useWidth } from './width';

const HEIGHT = 240;
const REDRAW_MS = 300;

/** A colour of the stylesheet, read when it is drawn with, so that the chart follows the theme. */
const ink = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const font = () => `12px ${getComputedStyle(document.body).fontFamily}`;

export function LossPlot({ losses }: { losses: readonly LossPoint[] }) {
  const [ref, width] = useWidth<HTMLDivElement>();
  const plot = useRef<uPlot | null>(null);
  const stages = useRef<StageLosses[]>([]);
  const latest = useRef(losses);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  latest.current = losses;

  useEffect(() => {
    if (ref.current === null || width === 0) return;
    if (plot.current === null) plot.current = new uPlot(options(width, () => stages.current), [[], [], []], ref.current);
    else plot.current.setSize({ width, height: HEIGHT });
  }, [width]);

  useEffect(() => {
    if (timer.current !== undefined) return;
    timer.current = setTimeout(() => {
      timer.current = undefined;
      stages.current = stageLosses(latest.current);
      plot.current?.setData(dataOf(stages.current));
    }, REDRAW_MS);
  }, [losses]);

  useEffect(() => {
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    const redraw = () => plot.current?.redraw(false, true);
    scheme.addEventListener('change', redraw);
    return () => {
      scheme.removeEventListener('change', redraw);
      clearTimeout(timer.current);
      plot.current?.destroy();
      plot.current = null;
    };
  }, []);

  return <div class="loss-plot" ref={ref} style={{ height: `${HEIGHT}px` }} aria-hidden="true" />;
}

function dataOf(stages: StageLosses[]): uPlot.AlignedData {
  return [stages.flatMap((stage) => stage.steps), stages.flatMap((stage) => stage.values), stages.flatMap((stage) => stage.means)];
}

function options(width: number, stages: () => StageLosses[]): uPlot.Options {
  const axis = { stroke: () => ink('--ink-2'), font: font(), grid: { stroke: () => ink('--grid'), width: 1 }, ticks: { show: false } };
  return {
    width, height: HEIGHT,
    padding: [24, 12, 0, 0],
    scales: { x: { time: false }, y: { range: (_, __, high) => [0, high > 0 ? high * 1.05 : 1] } },
    legend: { show: false },
    cursor: { show: false },
    axes: [{ ...axis, size: 30 }, { ...axis, size: 44 }],
    series: [
      {},
      { stroke: () => ink('--student-faint'), width: 1, points: { show: false } },
      { stroke: () => ink('--student'), width: 2, points: { show: false } },
    ],
    hooks: { drawAxes: [(plot) => drawStages(plot, stages())] },
  };
}

/** A line where each stage begins, and its name beside the line. */
function drawStages(plot: uPlot, stages: StageLosses[]): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.font = `${12 * ratio}px ${getComputedStyle(document.body).fontFamily}`;
  ctx.textBaseline = 'bottom';
  ctx.textAlign = 'left';
  let free = -Infinity;
  for (const stage of stages) {
    const x = Math.round(plot.valToPos(stage.steps[0] ?? 0, 'x', true));
    ctx.fillStyle = ink('--rule');
    ctx.fillRect(x, bbox.top - 18 * ratio, ratio, bbox.height + 18 * ratio);
    if (x < free) continue;
    ctx.fillStyle = ink('--ink-2');
    ctx.fillText(stage.label, x + 5 * ratio, bbox.top - 3 * ratio);
    free = x + ctx.measureText(stage.label).width + 12 * ratio;
  }
  ctx.restore();
}
