/**
 * Stage 1: the connector learns to put images into the decoder's words. Vision tower and decoder are frozen; the text
 * is image and caption, and the loss is taken on the caption.
 */
import { filterPairs } from '../data/pair-filter';
import type { DataSet, Pair } from '../data/types';
import type { Settings } from '../settings';
import { imagesOf } from './speaker';
import { type Course, passesOver, stepsOf } from './training';

/** Stage 0: the captioned pairs, before and after the noun-phrase filter; the same where it is off. */
export async function alignmentPairs(data: DataSet, settings: Settings): Promise<{ drawn: number; kept: Pair[] }> {
  const pairs = await data.pairs(settings.alignPairs, settings.seed);
  return { drawn: pairs.length, kept: settings.pairFilter ? await filterPairs(pairs, settings.seed) : pairs };
}

/** The course of stage 1 over the filtered pairs. */
export function alignment(pairs: readonly Pair[], settings: Settings): Course {
  const steps = stepsOf(settings.alignEpochs, pairs.length, settings.alignBatch);
  const passes = passesOver(pairs.length, steps, settings.alignBatch, settings.seed, 'align');
  return {
    iteration: 0,
    phase: 'align',
    parts: ['connector'],
    steps: passes.steps,
    batch: async (step) => passes.at(step).map((number) => {
      const { image, caption } = pairs[number] as Pair;
      return { images: imagesOf(image), prompt: null, target: caption };
    }),
    rate: settings.alignRate,
    warmup: settings.warmup,
    from: null,
    to: 'aligned',
  };
}
