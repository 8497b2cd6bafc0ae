/** Pictures made no larger than a run can make use of: a photograph of 12 megapixels takes 48 MB, a model sees less than one. */
import { resize } from '../../data/resize';
import type { Pixels } from '../../data/types';

/** Longest side of a picture in pixels. */
const mostSide = 1024;

/** The opaque picture itself where it is small enough, else one of the same proportions whose longer side has 1024 pixels. */
export function withinSide(pixels: Pixels): Pixels {
  const scale = mostSide / Math.max(pixels.width, pixels.height);
  if (scale >= 1) return pixels;
  const [width, height] = [pixels.width, pixels.height].map((side) => Math.max(1, Math.round(side * scale))) as [number, number];
  const { data } = resize({ ...pixels, data: withoutAlpha(pixels.data) }, width, height, 'bicubic');
  return { width, height, data: withAlpha(data) };
}

function withoutAlpha(rgba: Uint8ClampedArray): Uint8ClampedArray {
  const rgb = new Uint8ClampedArray(rgba.length / 4 * 3);
  for (let from = 0, to = 0; from < rgba.length; from += 4, to += 3) {
    rgb[to] = rgba[from] as number;
    rgb[to + 1] = rgba[from + 1] as number;
    rgb[to + 2] = rgba[from + 2] as number;
  }
  return rgb;
}

function withAlpha(rgb: Uint8ClampedArray): Uint8ClampedArray<ArrayBuffer> {
  const rgba = new Uint8ClampedArray(rgb.length / 3 * 4).fill(255);
  for (let from = 0, to = 0; from < rgb.length; from += 3, to += 4) rgba.set(rgb.subarray(from, from + 3), to);
  return rgba;
}
