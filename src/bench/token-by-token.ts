/** Generation goes on by itself: here it is waited for, one token after the other. */
import { generate } from '../generate/generate';
import type { SpeakingModel } from '../model/model';
import type { VisionFeatures } from '../model/vision-features';

/** Is over when the prompt has gone through the model: each call of what it gives waits for the next likeliest token. */
export async function tokenByToken(model: SpeakingModel, features: VisionFeatures, prompt: string, maxNewTokens: number): Promise<() => Promise<number>> {
  let heard: (token: number) => void = () => undefined;
  let failed: (error: unknown) => void = () => undefined;
  const next = (): Promise<number> => new Promise((resolve, reject) => { [heard, failed] = [resolve, reject]; });
  const first = next();
  generate(
    model, features, [{ key: 'bench', images: [], prompt }], { temperature: 0, maxNewTokens, seed: 1 }, ([out]) => heard(out?.at(-1) ?? Number.NaN),
  ).catch((error: unknown) => failed(error));
  await first;
  return next;
}
