/** A stamp's file as a square picture on white: resized with its aspect kept, in the middle, padded. */
import { Resvg } from '@resvg/resvg-js';
import { convertIndexedToRgb, decode } from 'fast-png';
import { resize, type Rgb } from '../../src/data/resize';

/** RGB `[size, size]`. Throws an ordinary error for a PNG that is not of 8 bits. */
export function tileOf(bytes: Uint8Array, type: 'png' | 'svg', size: number): Rgb {
  const image = type === 'svg' ? drawSvg(bytes, size) : readPng(bytes);
  const scale = size / Math.max(image.width, image.height);
  const [width, height] = [Math.max(1, Math.round(image.width * scale)), Math.max(1, Math.round(image.height * scale))];
  return padded(resize(image, width, height, 'lanczos'), size);
}

/** No fonts of this machine, so that every machine draws the same; a few drawings lose a word by it. */
function drawSvg(bytes: Uint8Array, size: number): Rgb {
  const options = { background: 'white', font: { loadSystemFonts: false } };
  const { width, height } = new Resvg(Buffer.from(bytes), options);
  const drawn = new Resvg(Buffer.from(bytes), { ...options, fitTo: { mode: width >= height ? 'width' : 'height', value: size } }).render();
  return onWhite(drawn.width, drawn.height, drawn.pixels, 4);
}

function readPng(bytes: Uint8Array): Rgb {
  const png = decode(bytes);
  if (png.depth !== 8) throw new Error(`A PNG of ${png.depth} bits.`);
  if (!png.palette) return onWhite(png.width, png.height, png.data, png.channels);
  return onWhite(png.width, png.height, convertIndexedToRgb(png), png.palette[0]?.length ?? 3);
}

/** Pixels of 1 (grey), 2 (grey, alpha), 3 (RGB) or 4 (RGBA) channels laid on white. */
function onWhite(width: number, height: number, pixels: ArrayLike<number>, channels: number): Rgb {
  const data = new Uint8ClampedArray(width * height * 3);
  const hasAlpha = channels % 2 === 0;
  for (let i = 0; i < width * height; i++) {
    const at = i * channels;
    const alpha = hasAlpha ? (pixels[at + channels - 1] as number) : 255;
    for (let c = 0; c < 3; c++) data[i * 3 + c] = Math.round(((pixels[at + (channels > 2 ? c : 0)] as number) * alpha + 255 * (255 - alpha)) / 255);
  }
  return { width, height, data };
}

function padded(image: Rgb, size: number): Rgb {
  const data = new Uint8ClampedArray(size * size * 3).fill(255);
  const [left, top] = [Math.floor((size - image.width) / 2), Math.floor((size - image.height) / 2)];
  for (let y = 0; y < image.height; y++) {
    data.set(image.data.subarray(y * image.width * 3, (y + 1) * image.width * 3), ((top + y) * size + left) * 3);
  }
  return { width: size, height: size, data };
}
