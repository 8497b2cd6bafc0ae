/**
 * A model that can be asked about images: it is shown those it has not seen before it is asked. It knows no role.
 */
import type { GenerateOptions, GenerateRequest, Generation, ModelWorker } from '../../workers/protocol';
import type { DataSet } from '../data/types';

export type Speaker = (requests: GenerateRequest[], options: GenerateOptions) => Promise<Generation[]>;

/** A speaker over a model in a worker, with the images of `data`. */
export function speakerOf(model: ModelWorker, data: DataSet): Speaker {
  return async (requests, options) => {
    await show(model, data, requests.flatMap((request) => request.images));
    return model.generate(requests, options);
  };
}

/** Lets `model` see those of `images` that it does not hold. Throws `data/missing-image`. */
export async function show(model: ModelWorker, data: DataSet, images: readonly string[]): Promise<void> {
  const missing = await model.missing([...new Set(images)]);
  if (missing.length === 0) return;
  await model.see(await Promise.all(missing.map(async (name) => ({ name, pixels: await data.pixels(name) }))));
}

/** The images that a record's turn shows: its own, or none for a record of a text alone. */
export const imagesOf = (image: string): string[] => image === '' ? [] : [image];
