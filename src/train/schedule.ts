/** The learning rate over a training: linear warm-up, then a half cosine down to zero. */

/**
 * Rate of one step.
 * @param step counts from 0
 * @param warmup share of the steps over which the rate rises; the first step is never at rate 0
 */
export function rateAt(step: number, steps: number, peak: number, warmup: number): number {
  const rising = Math.ceil(steps * warmup);
  if (step < rising) return peak * ((step + 1) / rising);
  const progress = (step - rising) / Math.max(1, steps - rising);
  return peak * (1 + Math.cos(Math.PI * Math.min(1, progress))) / 2;
}
