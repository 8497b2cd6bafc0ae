/**
 * Sizes that images are resized to, and how many tiles they become. Whole numbers only; it touches no pixels.
 */
import type { PreprocessorConfig, Size } from './config';

export interface Box {
  width: number;
  height: number;
}

/** How an image is laid out in tiles, row by row; 0 × 0 where it is shown as one. */
export interface Layout {
  rows: number;
  cols: number;
}

/** Idefics3 makes no image larger than this before it cuts tiles. */
const longestSide = 4096;

/** The size that `size` asks of an image. */
export function targetSize(size: Size, image: Box): Box {
  if ('height' in size) return size;
  if ('longest_edge' in size) return withLongest(size.longest_edge, image);
  const edge = size.shortest_edge;
  const long = Math.trunc((edge * Math.max(image.width, image.height)) / Math.min(image.width, image.height));
  return image.width <= image.height ? { width: edge, height: long } : { width: long, height: edge };
}

/** The longer side gets the length, the shorter one the next even number that keeps the aspect ratio. */
function withLongest(longest: number, image: Box): Box {
  const even = scaled(longest, image, (short) => Math.max(1, short + short % 2));
  return Math.max(even.width, even.height) > longestSide ? scaled(longestSide, even, (short) => Math.max(1, short)) : even;
}

/** The size to cut into whole tiles: each side the next multiple of `edge`, beginning with the longer one. */
export function tiledSize(edge: number, image: Box): Box {
  const whole = (length: number): number => Math.ceil(length / edge) * edge;
  return scaled(whole(Math.max(image.width, image.height)), image, whole);
}

/** Divides by the aspect ratio as the reference does, whose rounding can cost a pixel. */
function scaled(longest: number, { width, height }: Box, round: (short: number) => number): Box {
  const ratio = width / height;
  return width >= height
    ? { width: longest, height: round(Math.trunc(longest / ratio)) }
    : { width: round(Math.trunc(longest * ratio)), height: longest };
}

/** The tiles that an image of this size is cut into. */
export function layoutOfSize({ size, tile }: PreprocessorConfig, image: Box): Layout {
  if (tile === undefined || !tile.split) return { rows: 0, cols: 0 };
  const { width, height } = tiledSize(tile.edge, size === undefined ? image : targetSize(size, image));
  const [rows, cols] = [height / tile.edge, width / tile.edge];
  return rows * cols > 1 ? { rows, cols } : { rows: 0, cols: 0 };
}
