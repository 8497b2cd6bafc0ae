/**
 * Which data sets there are, by the name that a preset gives them.
 */
import { openEmojiWorld } from './emoji/open';
import type { DataSet } from './types';

/** Opens a data set whose files lie under `datasets/<name>` of `base`. Throws `data/missing-image`. */
export async function openDataSet(name: string, base: string): Promise<DataSet> {
  if (name !== 'emoji') throw new Error(`There is no data set "${name}".`);
  return openEmojiWorld(new URL('datasets/emoji', base).href);
}
