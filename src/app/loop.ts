/** Where a run stands among the stations of the method, and where the loop lies on paper. Geometry and order only. */
import type { Phase } from '../comd/events';
import type { Progress } from './state';

export type Station = 'align' | 'tune' | 'evaluate' | 'assess' | 'augment';
export const stations: readonly Station[] = ['align', 'tune', 'evaluate', 'assess', 'augment'];

export type Standing = 'ahead' | 'now' | 'done';

/** How each station stands in the iteration that is under way; all done once the run has finished. */
export function standings(progress: Pick<Progress, 'iteration' | 'phase'> | null, finished: boolean): Record<Station, Standing> {
  const now = finished ? stations.length : progress === null ? -1 : placeOf(progress);
  const standing = (index: number): Standing => (index < now ? 'done' : index === now ? 'now' : 'ahead');
  return Object.fromEntries(stations.map((station, index) => [station, standing(index)])) as Record<Station, Standing>;
}

/** Before stage 2 an evaluation measures the baselines: it stands between `align` and the loop, at neither. */
function placeOf({ iteration, phase }: Pick<Progress, 'iteration' | 'phase'>): number {
  const order: Partial<Record<Phase, number>> = { align: 0, tune: 1, evaluate: 2, assess: 3, augment: 4 };
  if (phase === 'save') return stations.length;
  return iteration === 0 && phase === 'evaluate' ? 0.5 : order[phase] ?? -1;
}

export interface LoopPlan {
  width: number;
  height: number;
  /** Centre of each station in CSS pixels, and where its name stands from there. */
  at: Record<Station, { x: number; y: number; label: { x: number; y: number } }>;
  /** The loop's outline, and the way from `align` into it, as SVG paths; arrowheads point along both. */
  loop: string;
  entry: string;
  arrows: { x: number; y: number; turn: number }[];
  centre: { x: number; y: number };
}

/** Lays the loop out in a width; below 560 pixels `align` stands above the loop instead of before it. */
export function planLoop(width: number): LoopPlan {
  const narrow = width < 560;
  const [left, right] = [narrow ? 8 : 190, width - 8];
  const [top, bottom] = narrow ? [84, 216] : [44, 164];
  const radius = (bottom - top) / 2;
  const middle = (top + bottom) / 2;
  const [first, second] = [left + (right - left) * 0.24, left + (right - left) * 0.76];
  const [over, under] = [{ x: 0, y: -24 }, { x: 0, y: 34 }];
  const align = narrow ? { x: first, y: 20, label: { x: 44, y: 6 } } : { x: 46, y: top, label: over };
  // The way down from `align` would run through a name that stood over `tune`.
  const inner = narrow ? under : over;
  return {
    width, height: bottom + 40,
    at: {
      align,
      tune: { x: first, y: top, label: inner }, evaluate: { x: second, y: top, label: inner },
      assess: { x: second, y: bottom, label: under }, augment: { x: first, y: bottom, label: under },
    },
    loop: `M${left + radius} ${top}H${right - radius}A${radius} ${radius} 0 0 1 ${right - radius} ${bottom}H${left + radius}A${radius} ${radius} 0 0 1 ${left + radius} ${top}Z`,
    entry: narrow ? `M${first} ${align.y}V${top}` : `M${align.x} ${top}H${left + radius}`,
    arrows: [
      narrow ? { x: first, y: (align.y + top) / 2 + 2, turn: 90 } : { x: (align.x + first) / 2, y: top, turn: 0 },
      { x: (first + second) / 2, y: top, turn: 0 },
      { x: right, y: middle, turn: 90 },
      { x: (first + second) / 2, y: bottom, turn: 180 },
      { x: left, y: middle, turn: 270 },
    ],
    centre: { x: (first + second) / 2, y: middle },
  };
}
