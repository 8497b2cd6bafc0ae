/** Where the parts of an experiment's plot lie on paper. It draws nothing: a file draws it as text, the screen as elements. */
import { experimentOf } from './catalogue';
import type { Results } from './results';
import { linear, ticks } from './scale';

/** The edges of what is drawn into, in the units of the paper. */
export interface Room { left: number; right: number; top: number; bottom: number }

export interface PlottedPoint {
  variant: string;
  usual: boolean;
  x: number;
  /** The mean, and the ends of its interval; null where there is none. */
  y: number | null;
  whisker: { top: number; bottom: number } | null;
  /** The teacher's accuracy. */
  teacher: number | null;
  runs: { seed: number; run: string; x: number; y: number }[];
}

export interface Plot {
  /** Level lines, in per cent. */
  levels: { y: number; text: string }[];
  points: PlottedPoint[];
  /** Whether the means are joined: only numbers lie between their neighbours. */
  joined: boolean;
}

/** The runs of a point lie in a strip to the right of its mean, where they hide nothing: from here on, and this wide at most. */
const strip = { from: 13, width: 24, apart: 6 };

export function plotOf({ experiment, points }: Results, room: Room): Plot {
  const { axis, variants } = experimentOf(experiment);
  const places = variants.map(({ x }) => x);
  const inset = axis.kind === 'number' ? 40 : (room.right - room.left) / (2 * variants.length);
  const x = linear([Math.min(...places), Math.max(...places)], [room.left + inset, room.right - inset]);
  const [low, high] = rangeOf(points);
  const y = linear([low, high], [room.bottom, room.top]);
  return {
    levels: ticks(low, high, 5).map((share) => ({ y: y(share), text: String(Math.round(share * 100)) })),
    joined: axis.kind === 'number',
    points: points.map(({ variant, usual, x: place, estimate, teacher, measured }): PlottedPoint => {
      const middle = x(place);
      const half = estimate?.half ?? null;
      const apart = Math.min(strip.apart, strip.width / Math.max(1, measured.length - 1));
      return {
        variant, usual, x: middle,
        y: estimate === null ? null : y(estimate.mean),
        whisker: estimate === null || half === null ? null : { top: y(Math.min(high, estimate.mean + half)), bottom: y(Math.max(low, estimate.mean - half)) },
        teacher: teacher === null ? null : y(teacher),
        runs: measured.map(({ seed, run, value }, index) => ({ seed, run, x: middle + strip.from + index * apart, y: y(value) })),
      };
    }),
  };
}

/** The least span that is drawn: less of it would make noise look like mountains. */
const leastSpan = 0.2;

/** The shares between which all lies that is drawn, on round tenths and at least 20 points apart. */
function rangeOf(points: Results['points']): [number, number] {
  const values = points.flatMap(({ measured, teacher }) => [...measured.map(({ value }) => value), ...(teacher === null ? [] : [teacher])]);
  const ends = points.flatMap(({ estimate }) => (estimate?.half == null ? [] : [estimate.mean - estimate.half, estimate.mean + estimate.half]));
  if (values.length === 0) return [0, 1];
  // An interval of two runs may be wider than everything that was measured: it is cut where it would flatten the rest.
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const margin = Math.max(0.1, most - least);
  const low = Math.max(0, Math.floor(10 * Math.max(least - margin, Math.min(least, ...ends)) + 1e-9) / 10);
  const high = Math.min(1, Math.ceil(10 * Math.min(most + margin, Math.max(most, ...ends)) - 1e-9) / 10);
  const missing = Math.max(0, leastSpan - (high - low));
  return [Math.max(0, low - missing), Math.min(1, high + Math.max(0, missing - low))];
}
