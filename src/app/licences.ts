/** The licences of the data sets' art, read from the file that the builder of each leaves beside it. */
import * as v from 'valibot';
import { stampsOrigin } from '../data/stamps/origin';
import { ComdError } from '../errors';

const text = v.string();
const list = v.array(v.object({ style: text, package: text, version: text, licence: text, attribution: text, url: text }));

type Built = v.InferOutput<typeof list>[number];
/** Of art that is not in this build, the version is null. */
export type Licence = Omit<Built, 'version'> & { version: string | null };

/** All of them. The stamps are built on demand: what they would be under is said where they are not there. Throws `data/malformed-record` naming the file. */
export async function fetchLicences(get: typeof fetch = fetch): Promise<Licence[]> {
  const [emoji, stamps] = await Promise.all(['emoji', 'stamps'].map((dataSet) => builtLicences(`./datasets/${dataSet}/licences.json`, get)));
  return [...emoji ?? [], ...stamps?.length ? stamps : [{ style: 'stamps', ...stampsOrigin, version: null }]];
}

/** The licences at `url`, or none where there is no such file. */
async function builtLicences(url: string, get: typeof fetch): Promise<Built[]> {
  const response = await get(url);
  if (response.status === 404) return [];
  const parsed = v.safeParse(list, await response.json().catch(() => null));
  if (parsed.success) return parsed.output;
  throw new ComdError('data/malformed-record', `${url} is not a list of licences.`, 'Build the bundled data again.');
}
