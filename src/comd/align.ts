/**
 * Stage 1: the connector learns to put images into the decoder's words. Vision tower and decoder are frozen; the text
 * is image and caption, and the loss is taken on the caption.
 */
import { filterPairs } from '../data/pair-filter';
import type { DataSet, Pair } from '../data/types';
import type { Settings } from '../settings';
import { imagesOf } from './speaker';
import { type Course, epochs } from './training';

/** Stage 0: the captioned pairs, before and after the noun-phrase filter. */
export function alignmentPairs(data: DataSet, settings: Settings): { drawn: number; kept: Pair[] } {
  const pairs = data.pairs(settings.alignPairs, settings.seed);
  return { drawn: pairs.length, kept: filterPairs(pairs, settings.seed) };
}

/** The course of stage 1 over the filtered pairs. */
export function alignment(pairs: readonly Pair[], settings: Settings): Course {
  const examples = pairs.map(({ image, caption }) => ({ images: imagesOf(image), prompt: null, target: caption }));
  return {
    iteration: 0,
    phase: 'align',
    parts: ['connector'],
    batches: epochs(examples, settings.alignEpochs, settings.alignBatch, settings.seed, 'align'),
    rate: settings.alignRate,
    warmup: settings.warmup,
    from: null,
    to: 'aligned',
  };
}
