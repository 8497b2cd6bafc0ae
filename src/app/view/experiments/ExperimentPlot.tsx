/** The points of an experiment with their intervals. Each can be pressed; where everything lies is told by `plot.ts`. */
import { experimentOf } from '../../../experiments/catalogue';
import { type PlottedPoint, plotOf, type Room } from '../../../experiments/plot';
import type { Results } from '../../../experiments/results';
import { axisText, pointText } from '../../../experiments/words';
import { useWidth } from '../width';

const HEIGHT = 300;
const EDGE = { top: 16, right: 8, bottom: 46, left: 36 };
/** Half the breadth of what can be pressed around a point. */
const REACH = 22;

interface Props {
  results: Results;
  selected: string | null;
  onSelect(variant: string): void;
}

export function ExperimentPlot(props: Props) {
  const [ref, width] = useWidth<HTMLDivElement>();
  return <div ref={ref} style={{ height: `${HEIGHT}px` }}>{width > 0 && <Drawing {...props} width={width} />}</div>;
}

function Drawing({ results, selected, onSelect, width }: Props & { width: number }) {
  const experiment = experimentOf(results.experiment);
  const room: Room = { left: EDGE.left, right: width - EDGE.right, top: EDGE.top, bottom: HEIGHT - EDGE.bottom };
  const plot = plotOf(results, room);
  const means = plot.points.flatMap(({ x, y }) => (y === null ? [] : [`${x},${y}`]));
  return (
    <svg class="experiment-plot" width={width} height={HEIGHT} role="group" aria-label={`${experiment.title}: points`}>
      {plot.points.filter(({ variant }) => variant === selected).map(({ x }) => <rect key="selected" class="selection-mark" {...reachOf(x, room)} />)}
      {plot.levels.map(({ y, text }) => <g key={text} class="axis"><path d={`M${room.left} ${y}H${room.right}`} /><text x={room.left - 8} y={y + 4} text-anchor="end">{text}</text></g>)}
      <text x={(room.left + room.right) / 2} y={HEIGHT - 6} text-anchor="middle">{axisText(experiment)}</text>
      {plot.joined && <polyline class="joined" points={means.join(' ')} />}
      {plot.points.map((point, place) => {
        const made = results.points[place];
        return made && (
          <Point key={point.variant} point={point} room={room} name={pointText(experiment, made)} selected={selected === point.variant} onSelect={() => onSelect(point.variant)} />
        );
      })}
    </svg>
  );
}

/** What can be pressed around a point, its name included; the mark of the selected one lies under all of them, so that it hides no neighbour. */
const reachOf = (x: number, { top, bottom }: Room) => ({ x: x - REACH, y: top - 8, width: 2 * REACH, height: bottom - top + 36, rx: 3 });

interface PointProps {
  point: PlottedPoint;
  room: Room;
  name: string;
  selected: boolean;
  onSelect(): void;
}

function Point({ point: { x, y, whisker, teacher, runs, variant, usual }, room, name, selected, onSelect }: PointProps) {
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    onSelect();
  };
  return (
    // In lower case: the names of attributes of SVG are taken as they are written.
    <g class="point" role="button" tabindex={0} aria-pressed={selected} aria-label={name} onClick={onSelect} onKeyDown={onKeyDown}>
      <rect class="reach" {...reachOf(x, room)} />
      {teacher !== null && <path class="reference teacher" d={`M${x - 11} ${teacher}h22`} />}
      {whisker !== null && <path class="whisker" d={`M${x} ${whisker.top}V${whisker.bottom}M${x - 6} ${whisker.top}h12M${x - 6} ${whisker.bottom}h12`} />}
      {runs.map(({ run, x: cx, y: cy }) => <circle key={run} class="run-dot" cx={cx} cy={cy} r="3" />)}
      {y !== null && <circle class="dot student" cx={x} cy={y} r="5.5" />}
      <text class={usual ? 'usual' : undefined} x={x} y={room.bottom + 20} text-anchor="middle">{variant}</text>
    </g>
  );
}
