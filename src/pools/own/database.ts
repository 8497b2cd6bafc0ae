/**
 * The IndexedDB database of own data. It is another one than that of the runs: a run is discarded without its data, and data
 * without a run.
 */
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { OwnSet } from '../../../workers/data-protocol';
import type { HeldRow, MentionRow, OwnKind, OwnRow, PictureRow } from './rows';

export interface OwnSchema extends DBSchema {
  /** Written last of an import: a data set without this row does not exist, and what there is of it is swept. */
  sets: { key: string; value: OwnSet };
  rows: { key: [set: string, kind: OwnKind, ordinal: number]; value: OwnRow };
  pictures: { key: [set: string, image: string]; value: PictureRow };
  mentions: { key: [set: string, image: string]; value: MentionRow };
  held: { key: [hash: string, set: string]; value: HeldRow; indexes: { set: string } };
}
export type OwnDatabase = IDBPDatabase<OwnSchema>;

const version = 1;

/** Opens the database, creating its stores when it is new. */
export function openOwnData(name = 'comd-data'): Promise<OwnDatabase> {
  return openDB<OwnSchema>(name, version, {
    upgrade(database) {
      database.createObjectStore('sets', { keyPath: 'id' });
      database.createObjectStore('rows', { keyPath: ['set', 'kind', 'ordinal'] });
      database.createObjectStore('pictures', { keyPath: ['set', 'image'] });
      database.createObjectStore('mentions', { keyPath: ['set', 'image'] });
      database.createObjectStore('held', { keyPath: ['hash', 'set'] }).createIndex('set', 'set');
    },
  });
}

/** All keys that begin with a data set, or with a data set and a kind: arrays sort after strings and numbers. */
export const ofSet = (...begin: string[]): IDBKeyRange => IDBKeyRange.bound(begin, [...begin, []]);
