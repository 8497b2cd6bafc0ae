/**
 * From pixels to what the vision tower takes, following the checkpoint's `preprocessor_config.json` as
 * CLIPImageProcessor does: resize, centre crop, rescale, normalise. It decodes no files.
 */
import * as v from 'valibot';
import { ComdError } from '../errors';
import { resize, type Rgb } from './resize';
import type { Pixels } from './types';

const side = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const box = v.object({ height: side, width: side });
const triple = v.tuple([v.number(), v.number(), v.number()]);
/** Old files write one number for a square; `shortest_edge` keeps the aspect ratio. */
const sizeSchema = v.union([side, v.object({ shortest_edge: side }), box]);
const cropSchema = v.union([v.pipe(side, v.transform((n) => ({ height: n, width: n }))), box]);
const configSchema = v.looseObject({
  do_resize: v.nullish(v.boolean(), true),
  size: v.nullish(sizeSchema, { shortest_edge: 224 }),
  resample: v.nullish(v.number(), 3),
  do_center_crop: v.nullish(v.boolean(), true),
  crop_size: v.nullish(cropSchema),
  do_rescale: v.nullish(v.boolean(), true),
  rescale_factor: v.nullish(v.number(), 1 / 255),
  do_normalize: v.nullish(v.boolean(), true),
  image_mean: v.nullish(triple, [0.48145466, 0.4578275, 0.40821073]),
  image_std: v.nullish(triple, [0.26862954, 0.26130258, 0.27577711]),
});
type Config = v.InferOutput<typeof configSchema>;

/** The tower's input for one image: `data` is `[size, size, 3]`, rows from the top, normalised. */
export interface Preprocessed {
  data: Float32Array<ArrayBuffer>;
  size: number;
}

/**
 * Preprocesses one image. Throws `checkpoint/unsupported` where the configuration is not understood or its output
 * is not square.
 */
export function preprocess(pixels: Pixels, preprocessor: unknown): Preprocessed {
  const config = parse(preprocessor);
  const resized = config.do_resize ? resizeBy(config, onWhite(pixels)) : onWhite(pixels);
  const cropped = crop(config, resized);
  if (cropped.width !== cropped.height) {
    throw unsupported(`it makes images of ${cropped.width} × ${cropped.height}, and the vision tower takes square ones.`);
  }
  return { data: normalise(config, cropped.data), size: cropped.width };
}

const known = new WeakMap<object, Config>();

/** Checked once per configuration, since a run preprocesses thousands of images with the same one. */
function parse(preprocessor: unknown): Config {
  const cached = typeof preprocessor === 'object' && preprocessor !== null ? known.get(preprocessor) : undefined;
  if (cached !== undefined) return cached;
  const result = v.safeParse(configSchema, preprocessor);
  if (!result.success) {
    const issue = result.issues[0];
    throw unsupported(`${v.getDotPath(issue) ?? 'it'}: ${issue.message}.`);
  }
  known.set(preprocessor as object, result.output);
  return result.output;
}

function unsupported(what: string): ComdError {
  return new ComdError('checkpoint/unsupported', `preprocessor_config.json: ${what}`, 'Use the preprocessor of a CLIP or SigLIP image model.');
}

/**
 * RGBA composited on white. Dropping alpha, as PIL's convert("RGB") does, would bring up whatever colour lies
 * hidden under the transparency, most often black, on which dark outlines vanish.
 */
function onWhite({ width, height, data }: Pixels): Rgb {
  const rgb = new Uint8ClampedArray(width * height * 3);
  for (let from = 0, to = 0; from < data.length; from += 4) {
    const alpha = data[from + 3] as number;
    for (let channel = 0; channel < 3; channel++) {
      rgb[to++] = ((data[from + channel] as number) * alpha + 255 * (255 - alpha)) / 255;
    }
  }
  return { width, height, data: rgb };
}

function resizeBy(config: Config, image: Rgb): Rgb {
  const { width, height } = targetSize(config.size, image);
  if (config.resample === 3) return resize(image, width, height, 'bicubic');
  if (config.resample === 2) return resize(image, width, height, 'bilinear');
  throw unsupported(`resample ${config.resample} is not known; 2 (bilinear) and 3 (bicubic) are.`);
}

function targetSize(size: Config['size'], image: Rgb): { width: number; height: number } {
  if (typeof size !== 'number' && 'height' in size) return size;
  const edge = typeof size === 'number' ? size : size.shortest_edge;
  const long = Math.floor((edge * Math.max(image.width, image.height)) / Math.min(image.width, image.height));
  return image.width <= image.height ? { width: edge, height: long } : { width: long, height: edge };
}

/** The middle of the image; where it is smaller than the crop, black is laid around it. */
function crop(config: Config, image: Rgb): Rgb {
  const box = config.do_center_crop ? config.crop_size : null;
  if (box === null || box === undefined || (box.width === image.width && box.height === image.height)) return image;
  const left = Math.floor((image.width - box.width) / 2);
  const top = Math.floor((image.height - box.height) / 2);
  const data = new Uint8ClampedArray(box.width * box.height * 3);
  const first = Math.max(0, left);
  const end = Math.min(image.width, left + box.width);
  for (let y = Math.max(0, top); y < Math.min(image.height, top + box.height); y++) {
    const row = image.data.subarray((y * image.width + first) * 3, (y * image.width + end) * 3);
    data.set(row, ((y - top) * box.width + first - left) * 3);
  }
  return { ...box, data };
}

function normalise(config: Config, bytes: Uint8ClampedArray): Float32Array<ArrayBuffer> {
  const scale = config.do_rescale ? config.rescale_factor : 1;
  const mean = config.do_normalize ? config.image_mean : [0, 0, 0];
  const std = config.do_normalize ? config.image_std : [1, 1, 1];
  const data = new Float32Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) {
    data[i] = ((bytes[i] as number) * scale - (mean[i % 3] as number)) / (std[i % 3] as number);
  }
  return data;
}
