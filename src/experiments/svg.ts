/** The strokes that charts are made of, as SVG text. Coordinates are those of the view box; it knows no data. */
import { escapeHtml } from './markup';
import { linear } from './scale';

/** The height of every chart, and where its axes lie in it. */
export const HEIGHT = 260;
export interface Frame { width: number; left: number; right: number; top: number; bottom: number }
export const wide: Frame = { width: 960, left: 44, right: 948, top: 30, bottom: 230 };
export const half: Frame = { width: 464, left: 44, right: 452, top: 30, bottom: 230 };

/** From a value to its height on paper; 0 lies at the bottom and `high` at the top. */
export interface Axis { (value: number): number; high: number }
export function axisTo(high: number, frame: Frame): Axis {
  return Object.assign(linear([0, high], [frame.bottom, frame.top]), { high });
}

/** The greatest of some values, and at least `least`. */
export function highest(values: readonly number[], least: number): number {
  return values.reduce((most, value) => Math.max(most, value), least);
}

/** A coordinate with no more digits than can be seen. */
export function at(value: number): string {
  return String(Math.round(value * 10) / 10);
}

export function points(corners: readonly { x: number; y: number }[]): string {
  return corners.map(({ x, y }) => `${at(x)},${at(y)}`).join(' ');
}

export function label(x: number, y: number, content: string, anchor: 'start' | 'middle' | 'end' = 'start', ink = ''): string {
  return `<text x="${at(x)}" y="${at(y)}" text-anchor="${anchor}" class="${ink}">${escapeHtml(content)}</text>`;
}

/** A bar standing on the bottom of its frame. */
export function bar(ink: string, from: number, to: number, top: number, frame: Frame): string {
  return `<rect class="${ink}" x="${at(from)}" y="${at(top)}" width="${at(Math.max(0, to - from))}" height="${at(frame.bottom - top)}"/>`;
}

export function upright(ink: string, x: number, frame: Frame): string {
  return `<line class="${ink}" x1="${at(x)}" x2="${at(x)}" y1="${frame.top - 18}" y2="${frame.bottom}"/>`;
}

export function level(ink: string, y: number, frame: Frame): string {
  return `<line class="${ink}" x1="${frame.left}" x2="${frame.right}" y1="${at(y)}" y2="${at(y)}"/>`;
}

/** The grid's level lines with their numbers. */
export function grid(axis: Axis, marks: readonly number[], frame: Frame, word: (mark: number) => string = String): string {
  return marks.map((mark) => level('grid', axis(mark), frame) + label(frame.left - 8, axis(mark) + 4, word(mark), 'end')).join('');
}

/** The drawing, named for those who cannot see it. */
export function svg(frame: Frame, name: string, parts: readonly string[]): string {
  return `<svg viewBox="0 0 ${frame.width} ${HEIGHT}" role="img" aria-label="${escapeHtml(name)}">${parts.join('')}</svg>`;
}
