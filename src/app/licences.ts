/** The licences of the bundled art, read from the file that its builder leaves beside it. */
import * as v from 'valibot';
import { ComdError } from '../errors';

const text = v.string();
const list = v.array(v.object({ style: text, package: text, version: text, licence: text, attribution: text, url: text }));

export type Licence = v.InferOutput<typeof list>[number];

/** The licences at `url`, or none where there is no such file. Throws `data/malformed-record` naming the file. */
export async function fetchLicences(url: string, get: typeof fetch = fetch): Promise<Licence[]> {
  const response = await get(url);
  if (response.status === 404) return [];
  const parsed = v.safeParse(list, await response.json().catch(() => null));
  if (parsed.success) return parsed.output;
  throw new ComdError('data/malformed-record', `${url} is not a list of licences.`, 'Build the bundled data again.');
}
