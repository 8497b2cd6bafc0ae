/** The own data sets as wholes: what there is, reading by number, removing, and clearing what a broken import left. */
import type { OwnSet } from '../../../workers/data-protocol';
import { ComdError } from '../../errors';
import { ofSet, type OwnDatabase } from './database';
import type { OwnKind, OwnRow, RowOf } from './rows';

/** Newest first. */
export async function ownSets(database: OwnDatabase): Promise<OwnSet[]> {
  const sets = await database.getAll('sets');
  return sets.sort((a, b) => b.made.localeCompare(a.made));
}

/** Throws `settings/invalid` where there is no data set of that id on this machine. */
export async function ownSet(database: OwnDatabase, id: string): Promise<OwnSet> {
  const set = await database.get('sets', id);
  if (set !== undefined) return set;
  throw new ComdError('settings/invalid', `Setting "data" names the own data set "${id}", which is not on this machine.`, 'Bring it on the data screen, or choose another one there.');
}

/** Reads go into transactions of so many: one each would cost more than the reading. */
const readsAtOnce = 512;

/** The rows of a kind with these numbers, in this order; each is one read by its key. */
export async function rowsAt<K extends OwnKind>(database: OwnDatabase, set: string, kind: K, ordinals: readonly number[]): Promise<RowOf<K>[]> {
  const rows: OwnRow[] = [];
  for (let at = 0; at < ordinals.length; at += readsAtOnce) {
    const { store } = database.transaction('rows');
    const read = await Promise.all(ordinals.slice(at, at + readsAtOnce).map((ordinal) => store.get([set, kind, ordinal])));
    // The one that is missing was removed with its data set by another tab.
    for (const row of read) if (row === undefined) await ownSet(database, set); else rows.push(row);
  }
  return rows as RowOf<K>[];
}

/** The rows of a kind in the order in which they came, some hundred in memory at a time. */
export async function* rowsInOrder<K extends OwnKind>(database: OwnDatabase, set: string, kind: K): AsyncGenerator<RowOf<K>> {
  let range: IDBKeyRange | null = ofSet(set, kind);
  while (range !== null) {
    const rows: OwnRow[] = await database.getAll('rows', range, readsAtOnce);
    yield* rows as RowOf<K>[];
    const last = rows.at(-1);
    range = last === undefined || rows.length < readsAtOnce ? null : IDBKeyRange.bound([set, kind, last.ordinal], [set, kind, []], true);
  }
}

/** Forgets a data set. The row that makes it one goes first: a removal that is cut off leaves nothing that could be opened. */
export async function removeOwnSet(database: OwnDatabase, id: string): Promise<void> {
  await database.delete('sets', id);
  await clearSet(database, id);
}

/** Deletes all that is stored under the id of a data set but the row that makes it one. */
export async function clearSet(database: OwnDatabase, id: string): Promise<void> {
  const transaction = database.transaction(['rows', 'pictures', 'mentions', 'held'], 'readwrite');
  const held = transaction.objectStore('held');
  const hashes = await held.index('set').getAllKeys(id);
  await Promise.all([
    ...(['rows', 'pictures', 'mentions'] as const).map((name) => transaction.objectStore(name).delete(ofSet(id))),
    ...hashes.map((key) => held.delete(key)),
    transaction.done,
  ]);
}

/** Clears what imports left that never came to their end. Nobody may be importing meanwhile. */
export async function sweep(database: OwnDatabase): Promise<void> {
  const whole = new Set(await database.getAllKeys('sets'));
  const found = [...await begunIn(database, 'rows'), ...await begunIn(database, 'pictures')];
  for (const id of new Set(found)) if (!whole.has(id)) await clearSet(database, id);
}

/** The data sets that a store holds anything of: one step of a cursor each. */
async function begunIn(database: OwnDatabase, store: 'rows' | 'pictures'): Promise<string[]> {
  const found: string[] = [];
  let cursor = await database.transaction(store).store.openKeyCursor();
  while (cursor !== null) {
    const [set] = cursor.key;
    found.push(set);
    cursor = await (cursor as { continue(key: unknown): Promise<typeof cursor> }).continue([set, []]);
  }
  return found;
}
