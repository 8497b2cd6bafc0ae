/** The data sets of a run, wherever they are: those that come with the page by their names, the user's own by the setting `data`. */
import { openDataSet } from '../src/data/datasets';
import { decodePicture } from '../src/data/import/decode-picture';
import type { DataSet } from '../src/data/types';
import { presets } from '../src/presets';
import { openOwnData } from '../src/pools/own/database';
import { openOwnDataSet } from '../src/pools/own/data-set';
import { ownIds } from '../src/pools/own/naming';

/** @param base the page's folder. Throws `settings/invalid` for a name of neither kind, `data/missing-image`. */
export async function openAnyDataSet(name: string, base: string): Promise<DataSet> {
  if (Object.values(presets).some(({ dataset }) => dataset === name)) return openDataSet(name, base);
  const [id, styleId] = ownIds(name);
  return openOwnDataSet(await openOwnData(), id, styleId, decodePicture);
}
