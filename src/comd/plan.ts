/**
 * Announces to the progress bar what a run will do, phase by phase in the order of the method; sizes that depend on
 * what is yet to come are estimates until an iteration begins.
 */
import { growthTarget, plannedPool } from './augment';
import { firstDrawn } from './method-pools';
import { playersNeeded } from './models';
import type { Progress } from './progress';
import type { HeldOut, Run } from './run';
import { stepsWorth } from './tune';
import type { Settings } from '../settings';

/** Announces the whole run as if every augmentation kept all it was to keep. */
export function expectRun(progress: Progress, settings: Settings, heldOut: HeldOut): void {
  const { test, style } = heldOut;
  progress.expect(0, 'load', playersNeeded(settings).length);
  progress.expect(0, 'align', settings.alignPairs * settings.alignEpochs);
  progress.expect(0, 'evaluate', test.length, { 'teacher answer': test.length + style.length });
  let pool = settings.pool;
  let cache = firstDrawn(settings);
  for (let k = 1; k <= settings.iterations; k++) {
    const last = k === settings.iterations;
    const target = last || settings.strategy === 'none' ? 0 : growthTarget(k, pool, settings);
    const sample = last || settings.strategy !== 'comd' ? 0 : Math.min(settings.reserve || cache, settings.assessSample);
    expectSizes(progress, settings, heldOut, { k, pool, sample, target });
    cache += target;
    pool = settings.poolMode === 'accumulate' ? pool + target : target;
  }
  progress.expect(settings.iterations, 'save', 1);
}

/** Corrects what was announced for iteration `k`, now that its pools are known. */
export function expectIteration({ work, settings, heldOut }: Run, k: number, pool: number, sample: number, target: number): void {
  expectSizes(work.progress, settings, heldOut, { k, pool, sample, target });
}

interface Sizes {
  k: number;
  pool: number;
  sample: number;
  target: number;
}

function expectSizes(progress: Progress, settings: Settings, { test, style }: HeldOut, { k, pool, sample, target }: Sizes): void {
  progress.expect(k, 'tune', stepsWorth(pool, plannedPool(k, settings.pool, settings), settings) * settings.tuneEpochs);
  progress.expect(k, 'evaluate', test.length + style.length);
  if (k === settings.iterations) return;
  progress.expect(k, 'assess', sample, { 'student answer': sample, 'teacher answer': sample });
  progress.expect(k, 'augment', target);
}
