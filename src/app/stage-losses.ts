/** The loss curve cut into its stages: alignment, then one tuning an iteration. Arithmetic only. */
import { smooth } from '../experiments/scale';
import type { LossPoint } from './state';

export interface StageLosses {
  /** `align` or `tune 1`. */
  label: string;
  steps: number[];
  values: number[];
  /** Running mean; it starts afresh in every stage. */
  means: number[];
  first: number;
  /** Mean over the last tenth of the steps, at least one. */
  last: number;
}

export function stageLosses(losses: readonly LossPoint[]): StageLosses[] {
  const stages = new Map<string, LossPoint[]>();
  for (const point of losses) {
    const label = point.phase === 'align' ? 'align' : `tune ${point.iteration}`;
    const points = stages.get(label);
    if (points === undefined) stages.set(label, [point]);
    else points.push(point);
  }
  return [...stages].map(([label, points]) => {
    const values = points.map((point) => point.loss);
    const tail = values.slice(-Math.max(1, Math.round(values.length / 10)));
    return {
      label, values, steps: points.map((point) => point.step), means: smooth(values),
      first: values[0] ?? 0, last: tail.reduce((sum, value) => sum + value, 0) / tail.length,
    };
  });
}
