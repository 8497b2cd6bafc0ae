/**
 * Which data sets there are, by the name that a preset gives them.
 */
import { openEmojiWorld } from './emoji/open';
import { openStamps } from './stamps/open';
import type { DataSet } from './types';

/** Opens a data set whose files lie under `datasets/<name>` of `base`. Throws `data/missing-image`. */
export async function openDataSet(name: string, base: string): Promise<DataSet> {
  const folder = new URL(`datasets/${name}`, base).href;
  if (name === 'emoji') return openEmojiWorld(folder);
  if (name === 'stamps') return openStamps(folder);
  throw new Error(`There is no data set "${name}".`);
}
