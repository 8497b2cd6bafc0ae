/**
 * Tuning: connector and decoder (or an adapter of it) learn the answers of the tuning pool; the vision tower is frozen.
 */
import type { InstructionRecord } from '../data/types';
import type { Settings } from '../settings';
import type { PromptFamily } from './prompts';
import { imagesOf } from './speaker';
import { tunedParts } from './student';
import { type Course, epochs } from './training';

/** The course of one iteration over its tuning pool. */
export function tuning(iteration: number, pool: readonly InstructionRecord[], prompts: PromptFamily, settings: Settings): Course {
  const examples = pool.map(({ image, instruction, answer }) => ({ images: imagesOf(image), prompt: prompts.answer(instruction), target: answer }));
  return {
    iteration,
    phase: 'tune',
    parts: tunedParts(settings),
    batches: epochs(examples, settings.tuneEpochs, settings.tuneBatch, settings.seed, 'tune', iteration),
    rate: settings.tuneRate,
    warmup: settings.warmup,
    from: iteration === 1 || settings.restartFromAlignment ? 'aligned' : `tuned-${iteration - 1}`,
    to: `tuned-${iteration}`,
  };
}
