/** From data to paper: linear scales and round tick marks, for charts in the report and on the page. It draws nothing. */

/** The line through (from0, to0) and (from1, to1); everything maps to the middle when the data has no extent. */
export function linear([from0, from1]: readonly [number, number], [to0, to1]: readonly [number, number]): (value: number) => number {
  const extent = from1 - from0;
  return extent === 0 ? () => (to0 + to1) / 2 : (value) => to0 + ((value - from0) / extent) * (to1 - to0);
}

/** Round numbers (1, 2 or 5 times a power of ten apart) within low..high, about `about` of them, ascending. */
export function ticks(low: number, high: number, about: number): number[] {
  if (!(high > low)) return [low];
  const rough = (high - low) / about;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)));
}

/** Moves positions apart, downwards, until neighbours are at least `gap` away. Keeps the order of the input. */
export function spread(positions: readonly number[], gap: number): number[] {
  const order = positions.map((_, index) => index).sort((a, b) => (positions[a] ?? 0) - (positions[b] ?? 0));
  const moved = [...positions];
  let floor = -Infinity;
  for (const index of order) {
    floor = Math.max(positions[index] ?? 0, floor + gap);
    moved[index] = floor;
  }
  return moved;
}

/** Exponentially weighted means, so that the course of a noisy loss shows. `weight` is that of the newest value. */
export function smooth(values: readonly number[], weight = 0.25): number[] {
  let mean = values[0] ?? 0;
  return values.map((value) => (mean += weight * (value - mean)));
}
