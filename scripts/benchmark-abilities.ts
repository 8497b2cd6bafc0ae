/**
 * What a benchmark needs done, by the models screen of the page: its images go into the hidden input, the questions name
 * them by their place. One model is loaded at a time; the assessor takes the place of the model when the answers are there.
 */
import type { Abilities, Candidate, Comparison, Question } from '../src/evaluate/benchmarks/run';
import type { GenerateOptions } from '../workers/protocol';
import type { ModelsPage } from './models-page';

interface Circumstances {
  models: ModelsPage;
  /** Where a file of the benchmark lies on this machine. */
  pathOf(file: string): string;
  answering: GenerateOptions;
  reviewing: GenerateOptions;
  /** Loads the assessor; undefined where there is none. */
  openAssessor?: () => Promise<unknown>;
}

export function abilitiesOf({ models, pathOf, answering, reviewing, openAssessor }: Circumstances): Abilities {
  /** Shows the images of a part, each once, and names them by their place. */
  async function shown<Q extends Question>(questions: readonly Q[]) {
    const images = [...new Set(questions.flatMap(({ image }) => (image === null ? [] : [image])))];
    await models.showImages(images.map(pathOf));
    return questions.map((question) => ({ ...question, image: question.image === null ? null : images.indexOf(question.image) }));
  }
  let assessor: Promise<unknown> | undefined;
  const abilities: Abilities = {
    answer: async (questions: readonly Question[]) => models.call('answers', await shown(questions), answering),
    losses: async (candidates: readonly Candidate[]) => models.call('losses', await shown(candidates)),
  };
  if (openAssessor === undefined) return abilities;
  return {
    ...abilities,
    review: async (comparisons: readonly Comparison[]) => {
      await (assessor ??= openAssessor());
      return models.call('answers', await shown(comparisons.map((comparison) => ({ ...comparison, image: null }))), reviewing);
    },
  };
}
