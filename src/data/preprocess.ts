/**
 * From pixels to what the vision tower takes, following the checkpoint's `preprocessor_config.json` as the image
 * processors of CLIP, SigLIP, LLaVA and Idefics3 (SmolVLM) do: resize, crop or cut into tiles, rescale, normalise.
 * It decodes no files.
 */
import { type PreprocessorConfig, readConfig, unsupported } from './preprocess/config';
import { centre, cut, square } from './preprocess/frame';
import { type Box, type Layout, layoutOfSize, targetSize, tiledSize } from './preprocess/sizes';
import { resize, type Rgb } from './resize';
import type { Pixels } from './types';

export type { Layout } from './preprocess/sizes';

/** The tower's input for one image. */
export interface Preprocessed extends Layout {
  /** Each `[size, size, 3]`, rows from the top, normalised. `rows · cols` of them row by row, and last the whole image. */
  tiles: Float32Array<ArrayBuffer>[];
  size: number;
}

/**
 * Preprocesses one image. Throws `checkpoint/missing-file` without a configuration, `checkpoint/unsupported` where it
 * is not understood or its output is not square.
 */
export function preprocess(pixels: Pixels, preprocessor: unknown): Preprocessed {
  const config = readConfig(preprocessor);
  const frames = config.tile === undefined ? [whole(config, opaque(pixels))] : tiled(config, config.tile, opaque(pixels));
  const { width, height } = frames[0] as Rgb;
  if (width !== height) throw unsupported(`it makes images of ${width} × ${height}, and the vision tower takes square ones.`);
  return { tiles: frames.map(normaliser(config)), size: width, ...layoutOfSize(config, pixels) };
}

/** How an image of this size will be laid out in tiles, which decides how many tokens it takes. Throws as {@link preprocess}. */
export function layoutOf(image: Box, preprocessor: unknown): Layout {
  return layoutOfSize(readConfig(preprocessor), image);
}

/** Laid on white where it is transparent, as the image processors of transformers do. */
function opaque({ width, height, data }: Pixels): Rgb {
  const rgb = new Uint8ClampedArray(width * height * 3);
  for (let from = 0, to = 0; to < rgb.length; from += 4) {
    const alpha = data[from + 3] as number;
    for (let channel = 0; channel < 3; channel++) rgb[to++] = ((data[from + channel] as number) * alpha + 255 * (255 - alpha)) / 255;
  }
  return { width, height, data: rgb };
}

/** CLIP, SigLIP and LLaVA show an image once. */
function whole(config: PreprocessorConfig, image: Rgb): Rgb {
  const padded = config.pad === undefined ? image : square(image, config.pad);
  const resized = resizeTo(config, padded);
  return config.crop === undefined ? resized : centre(resized, config.crop);
}

/** Idefics3 cuts a large image into tiles and adds the whole of it in the size of a tile. */
function tiled(config: PreprocessorConfig, { edge, split }: { edge: number; split: boolean }, image: Rgb): Rgb[] {
  const resized = resizeTo(config, image);
  if (!split) return [resize(resized, edge, edge, config.filter)];
  const { width, height } = tiledSize(edge, resized);
  const fitted = resize(resized, width, height, config.filter);
  const tiles = cut(fitted, edge);
  return tiles.length === 1 ? tiles : [...tiles, resize(fitted, edge, edge, config.filter)];
}

function resizeTo({ size, filter }: PreprocessorConfig, image: Rgb): Rgb {
  if (size === undefined) return image;
  const { width, height } = targetSize(size, image);
  return resize(image, width, height, filter);
}

/** Looks bytes up in a table of each channel, which rounds to f32 after every step as the reference does. */
function normaliser({ scale, mean, std }: PreprocessorConfig): (image: Rgb) => Float32Array<ArrayBuffer> {
  const tables = mean.map((middle, channel) => Float32Array.from({ length: 256 }, (_, byte) => (
    Math.fround(Math.fround(byte * scale) - Math.fround(middle)) / Math.fround(std[channel] as number)
  )));
  return ({ data }) => {
    const values = new Float32Array(data.length);
    tables.forEach((table, channel) => {
      for (let i = channel; i < data.length; i += 3) values[i] = table[data[i] as number] as number;
    });
    return values;
  };
}
