/**
 * Tuning: connector and decoder (or an adapter of it) learn the answers of the tuning pool; the vision tower is frozen.
 */
import type { Settings } from '../settings';
import type { PromptFamily } from './prompts/family';
import type { TuningPool } from './method-pools';
import { imagesOf } from './speaker';
import { tunedParts } from './student';
import { type Course, passesOver, stepsOf } from './training';

/**
 * How many records' worth of steps an iteration takes on a pool of `pool`: as many as were `planned`, so that strategies
 * that add fewer records are tuned as long as those that add all; more where records were imported.
 */
export function stepsWorth(pool: number, planned: number, { strategy, poolMode }: Settings): number {
  // Without growth the first pool is never replaced, and may be larger than what would have come after it.
  return strategy === 'none' && poolMode === 'replace' ? planned : Math.max(pool, planned);
}

/** The course of one iteration over its tuning pool, of which `planned` is the planned size. */
export function tuning(iteration: number, pool: TuningPool, planned: number, prompts: PromptFamily, settings: Settings): Course {
  const steps = stepsOf(settings.tuneEpochs, stepsWorth(pool.size, planned, settings), settings.tuneBatch);
  const passes = passesOver(pool.size, steps, settings.tuneBatch, settings.seed, 'tune', iteration);
  return {
    iteration,
    phase: 'tune',
    parts: tunedParts(settings),
    steps: passes.steps,
    batch: async (step) => (await pool.records(passes.at(step))).map(({ image, instruction, answer, soft }) => (
      { images: imagesOf(image), prompt: prompts.answer(instruction), target: answer, ...soft && { soft } }
    )),
    rate: settings.tuneRate,
    warmup: settings.warmup,
    from: iteration === 1 || settings.restartFromAlignment ? 'aligned' : `tuned-${iteration - 1}`,
    to: `tuned-${iteration}`,
  };
}
