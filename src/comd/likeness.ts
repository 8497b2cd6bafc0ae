/**
 * Which image a new instruction is written about, where it is not the seed's own: of some drawn afresh, the one that looks most like
 * it to the augmentor. What was hard about the one is more likely to be hard about the other, and can more likely be asked.
 */
import type { AlikeWish, ModelWorker } from '../../workers/protocol';
import type { DataSet } from '../data/types';
import { show } from './speaker';

/** Chooses an image for each wish. */
export type Chooser = (wishes: AlikeWish[]) => Promise<string[]>;

/** A chooser by the eye of `model`; it forgets what was not chosen. A seed without an image gets the first that was drawn. */
export function chooser(model: ModelWorker, data: DataSet): Chooser {
  return async (wishes) => {
    const telling = wishes.filter(({ to, among }) => to !== '' && among.length > 1);
    if (telling.length === 0) return wishes.map(({ among }) => among[0] as string);
    const drawn = telling.flatMap(({ among }) => among);
    const shown = await model.missing([...new Set(drawn)]);
    await show(model, data, [...telling.map(({ to }) => to), ...drawn]);
    const chosen = await model.mostAlike(telling);
    await model.forget(shown.filter((image) => !chosen.includes(image)));
    const choices = new Map(telling.map((wish, i) => [wish, chosen[i] as string]));
    return wishes.map((wish) => choices.get(wish) ?? wish.among[0] as string);
  };
}
