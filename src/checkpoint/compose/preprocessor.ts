/** The `preprocessor_config.json` of a composed checkpoint: the tower's own, or what towers of its kind take. */
import type { Checkpoint } from '../checkpoint';
import type { Tower } from './tower';

/** Of CLIP and SigLIP as they were trained; `resample` 3 is bicubic. */
const defaults = {
  clip: (side: number) => ({
    image_processor_type: 'CLIPImageProcessor', do_convert_rgb: true, do_resize: true, size: { shortest_edge: side }, resample: 3,
    do_center_crop: true, crop_size: { height: side, width: side }, do_rescale: true, rescale_factor: 1 / 255,
    do_normalize: true, image_mean: [0.48145466, 0.4578275, 0.40821073], image_std: [0.26862954, 0.26130258, 0.27577711],
  }),
  siglip: (side: number) => ({
    image_processor_type: 'SiglipImageProcessor', do_convert_rgb: true, do_resize: true, size: { height: side, width: side }, resample: 3,
    do_rescale: true, rescale_factor: 1 / 255, do_normalize: true, image_mean: [0.5, 0.5, 0.5], image_std: [0.5, 0.5, 0.5],
  }),
};

/** Idefics3's own cuts an image into tiles, which LLaVA does not know: its tower gets SigLIP's instead. */
export function preprocessorOf(checkpoint: Checkpoint, { kind, image }: Tower): unknown {
  const { model_type: family } = checkpoint.config as { model_type?: unknown };
  const usual = defaults[kind](image);
  if (checkpoint.preprocessor == null || family === 'idefics3' || family === 'smolvlm') return usual;
  const { processor_class: _, ...own } = checkpoint.preprocessor as Record<string, unknown>;
  return { image_processor_type: usual.image_processor_type, ...own };
}
