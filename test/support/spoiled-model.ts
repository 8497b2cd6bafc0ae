/** A toy model that says something else than it would: for what comes of models that play a role badly. */
import type { GenerateRequest } from '../../workers/protocol';
import type { ToyModel } from './toy-model';

/** `instead` gives what is said in the place of `text`. */
export function spoiled(model: ToyModel, instead: (request: GenerateRequest, text: string) => string): ToyModel {
  return {
    ...model,
    generate: async (requests, options) => {
      const said = await model.generate(requests, options);
      return said.map((generation, i) => ({ ...generation, text: instead(requests[i] as GenerateRequest, generation.text) }));
    },
  };
}
