/**
 * `preprocessor_config.json` with what each family's image processor takes for granted filled in. It touches no pixels.
 */
import * as v from 'valibot';
import { ComdError } from '../../errors';
import { type Filter, filters } from '../resize';

const side = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const box = v.object({ height: side, width: side });
const triple = v.tuple([v.number(), v.number(), v.number()]);
/** Old files write one number; `shortest_edge` and `longest_edge` keep the aspect ratio. */
const edge = v.pipe(side, v.transform((n) => ({ shortest_edge: n })));
const longest = v.object({ longest_edge: side });
const sizeSchema = v.union([edge, box, v.strictObject({ shortest_edge: side }), v.strictObject({ longest_edge: side })]);
const cropSchema = v.union([v.pipe(side, v.transform((n) => ({ height: n, width: n }))), box]);

const configSchema = v.looseObject({
  image_processor_type: v.nullish(v.string()),
  feature_extractor_type: v.nullish(v.string()),
  do_resize: v.nullish(v.boolean(), true),
  size: v.nullish(sizeSchema),
  resample: v.nullish(v.pipe(v.number(), v.check((n) => n in filters, 'is not known; 0 to 5 are')), null),
  do_pad: v.nullish(v.boolean(), false),
  do_center_crop: v.nullish(v.boolean()),
  crop_size: v.nullish(cropSchema),
  do_rescale: v.nullish(v.boolean(), true),
  rescale_factor: v.nullish(v.number(), 1 / 255),
  do_normalize: v.nullish(v.boolean(), true),
  image_mean: v.nullish(triple),
  image_std: v.nullish(triple),
  do_image_splitting: v.nullish(v.boolean()),
  max_image_size: v.nullish(longest),
});
type Given = v.InferOutput<typeof configSchema>;

export type Size = v.InferOutput<typeof sizeSchema>;

export interface PreprocessorConfig {
  /** What the image is resized to; undefined leaves it as it is. */
  size?: Size;
  filter: Filter;
  /** Colour that is laid around the image to make it square, before it is resized. */
  pad?: readonly number[];
  /** Cut out of the middle, after resizing. */
  crop?: { height: number; width: number };
  /** Edge of a tile where the family works in tiles, and whether an image becomes more than one. */
  tile?: { edge: number; split: boolean };
  /** What a byte is multiplied by; 1 leaves it. */
  scale: number;
  mean: readonly number[];
  std: readonly number[];
}

type Family = 'clip' | 'siglip' | 'llava' | 'tiles';
const families: Record<string, Family> = { CLIP: 'clip', Siglip: 'siglip', Llava: 'llava', Idefics3: 'tiles', SmolVLM: 'tiles' };
const halves = [0.5, 0.5, 0.5];
const clip = {
  size: { shortest_edge: 224 }, crop: { height: 224, width: 224 }, filter: 'bicubic',
  mean: [0.48145466, 0.4578275, 0.40821073], std: [0.26862954, 0.26130258, 0.27577711],
} as const;
const presets: Record<Family, { size: Size; crop?: PreprocessorConfig['crop']; filter: Filter; mean: readonly number[]; std: readonly number[] }> = {
  clip,
  llava: clip,
  siglip: { size: { height: 224, width: 224 }, filter: 'bicubic', mean: halves, std: halves },
  tiles: { size: { longest_edge: 4 * 364 }, filter: 'lanczos', mean: halves, std: halves },
};

const known = new WeakMap<object, PreprocessorConfig>();

/**
 * Checked once per configuration, since a run preprocesses thousands of images with the same one.
 * Throws `checkpoint/missing-file` without one, `checkpoint/unsupported` where it is not understood.
 */
export function readConfig(preprocessor: unknown): PreprocessorConfig {
  if (preprocessor === undefined || preprocessor === null) throw missing();
  const cached = typeof preprocessor === 'object' ? known.get(preprocessor) : undefined;
  if (cached !== undefined) return cached;
  const result = v.safeParse(configSchema, preprocessor);
  if (!result.success) {
    const issue = result.issues[0];
    throw unsupported(`${v.getDotPath(issue) ?? 'it'}: ${issue.message}.`);
  }
  const config = complete(result.output);
  known.set(preprocessor as object, config);
  return config;
}

function complete(given: Given): PreprocessorConfig {
  const family = familyOf(given);
  const preset = presets[family];
  const size = given.size ?? preset.size;
  if (family !== 'tiles' && 'longest_edge' in size) throw unsupported('size.longest_edge is for families that work in tiles.');
  const mean = given.image_mean ?? preset.mean;
  return {
    size: given.do_resize ? size : undefined,
    filter: given.resample === null ? preset.filter : filters[given.resample] as Filter,
    pad: family === 'llava' && given.do_pad ? mean.map((part) => Math.trunc(part * 255)) : undefined,
    crop: family !== 'tiles' && (given.do_center_crop ?? preset.crop !== undefined) ? given.crop_size ?? preset.crop : undefined,
    tile: family === 'tiles' ? { edge: given.max_image_size?.longest_edge ?? 364, split: given.do_image_splitting ?? true } : undefined,
    scale: given.do_rescale ? given.rescale_factor : 1,
    mean: given.do_normalize ? mean : [0, 0, 0],
    std: given.do_normalize ? given.image_std ?? preset.std : [1, 1, 1],
  };
}

/** By the name of the processor, else by the settings that only one family has. */
function familyOf(given: Given): Family {
  const type = given.image_processor_type ?? given.feature_extractor_type;
  if (type != null) {
    const family = families[/^(\w+?)(?:ImageProcessor(?:Fast|Pil)?|FeatureExtractor)$/.exec(type)?.[1] ?? ''];
    if (family === undefined) throw unsupported(`the image processor ${type} is not known; those of ${Object.keys(families).join(', ')} are.`);
    return family;
  }
  if (given.max_image_size != null || given.do_image_splitting != null) return 'tiles';
  const cropped = given.do_center_crop ?? given.crop_size != null;
  return !cropped && given.size != null && 'height' in given.size ? 'siglip' : 'clip';
}

function missing(): ComdError {
  return new ComdError('checkpoint/missing-file', 'The checkpoint has no preprocessor_config.json, so it is not known how images are to be prepared.',
    "Put the model's preprocessor_config.json (or processor_config.json) beside config.json.");
}

/** What is wrong with `preprocessor_config.json`. */
export function unsupported(what: string): ComdError {
  return new ComdError('checkpoint/unsupported', `preprocessor_config.json: ${what}`,
    'Use the preprocessor of a CLIP, SigLIP, LLaVA, Idefics3 or SmolVLM model.');
}
