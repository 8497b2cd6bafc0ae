/**
 * Many questions at once about the pictures that are shown, as a benchmark asks them: nothing is drawn of them, and what
 * the model has seen is forgotten afterwards, so that a benchmark may have more pictures than there is memory for.
 */
import type { GenerateOptions } from '../../../workers/protocol';
import type { CandidateLoss } from '../../evaluate/benchmarks/run';
import type { AskSession, AskedModel } from './ask-session';

export interface ShownQuestion {
  /** Names its random draws. */
  id: string;
  /** Place of its picture among those that are shown, from 0; null for a question about none. */
  image: number | null;
  prompt: string;
}
export interface ShownCandidate extends ShownQuestion {
  /** The answer that the loss is taken on. */
  target: string;
}

/** One answer to each question, in order. */
export function answersTo(asked: AskSession, questions: readonly ShownQuestion[], options: GenerateOptions): Promise<string[]> {
  return forgetting(asked, async (model, shown) => {
    const requests = questions.map(({ id, image, prompt }) => ({ key: `benchmark/${id}`, images: shown(image), prompt }));
    return (await model.generate(requests, options)).map(({ text }) => text);
  });
}

/** The mean loss over the tokens of each target, taken one by one, so that no mean runs over several. */
export function lossesOf(asked: AskSession, candidates: readonly ShownCandidate[]): Promise<CandidateLoss[]> {
  return forgetting(asked, async (model, shown) => {
    const losses: CandidateLoss[] = [];
    for (const { image, prompt, target } of candidates) {
      const { loss, targets } = await model.loss([{ images: shown(image), prompt, target }]);
      losses.push({ loss, targets });
    }
    return losses;
  });
}

function forgetting<T>(asked: AskSession, work: (model: AskedModel, shown: (image: number | null) => string[]) => Promise<T>): Promise<T> {
  return asked.use(async (model, names) => {
    const done = await work(model, (image) => (image === null ? [] : [names[image] as string]));
    await model.forget([...names]);
    return done;
  });
}
