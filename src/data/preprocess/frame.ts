/**
 * Windows of an image: cut out of it, or reaching over its borders. Nothing is resampled.
 */
import type { Rgb } from '../resize';
import type { Box } from './sizes';

/** The window whose upper left corner is at (`left`, `top`); `colour` is laid where it reaches over the image. */
export function windowOf(image: Rgb, left: number, top: number, { width, height }: Box, colour: readonly number[] = [0, 0, 0]): Rgb {
  const data = new Uint8ClampedArray(width * height * 3);
  if (colour.some((byte) => byte !== 0)) for (let i = 0; i < data.length; i++) data[i] = colour[i % 3] as number;
  const first = Math.max(0, left);
  const end = Math.min(image.width, left + width);
  for (let y = Math.max(0, top); y < Math.min(image.height, top + height); y++) {
    const row = image.data.subarray((y * image.width + first) * 3, (y * image.width + end) * 3);
    data.set(row, ((y - top) * width + first - left) * 3);
  }
  return { width, height, data };
}

/** The middle of the image. */
export function centre(image: Rgb, box: Box): Rgb {
  if (box.width === image.width && box.height === image.height) return image;
  return windowOf(image, Math.floor((image.width - box.width) / 2), Math.floor((image.height - box.height) / 2), box);
}

/** The image in the middle of a square of `colour`. */
export function square(image: Rgb, colour: readonly number[]): Rgb {
  if (image.width === image.height) return image;
  const edge = Math.max(image.width, image.height);
  const box = { width: edge, height: edge };
  return windowOf(image, -Math.floor((edge - image.width) / 2), -Math.floor((edge - image.height) / 2), box, colour);
}

/** Squares of `edge`, row by row. */
export function cut(image: Rgb, edge: number): Rgb[] {
  const [rows, cols] = [image.height / edge, image.width / edge];
  return Array.from({ length: rows * cols }, (_, i) => windowOf(image, (i % cols) * edge, Math.floor(i / cols) * edge, { width: edge, height: edge }));
}
