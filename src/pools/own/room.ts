/** How much room there is for all that this origin stores. Needs a browser. */
import type { DataLibrary } from '../../../workers/data-protocol';

export async function room(): ReturnType<DataLibrary['room']> {
  const [{ usage = 0, quota = Infinity }, persisted] = await Promise.all([navigator.storage.estimate(), navigator.storage.persisted()]);
  return { used: usage, quota, persisted };
}
