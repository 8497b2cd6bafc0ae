/** How the setting `data` names own data, and how a data set comes to its id. Text in, text out. */
import { ComdError } from '../../errors';
import { hash } from '../../random';

const prefix = 'own:';

/**
 * The ids that the setting names: the data set that is learned from, and the held-out one that is examined beside it, or null.
 * Throws `settings/invalid`.
 */
export function ownIds(setting: string): [id: string, styleId: string | null] {
  const [id, styleId = null, ...more] = setting.split(',').map((part) => (part.trim().startsWith(prefix) ? part.trim().slice(prefix.length) : ''));
  if (id !== undefined && id !== '' && styleId !== '' && more.length === 0) return [id, styleId];
  throw new ComdError('settings/invalid', `Setting "data" cannot be "${setting}".`, 'Give own:ID of a data set on the data screen, own:ID,own:ID to examine on a held-out one too, or nothing for the preset\'s own.');
}

/**
 * The id of a new data set: the same for the same files and wishes, so that the same import in another browser has the same name;
 * counted on where it is taken.
 */
export function newOwnId(name: string, files: readonly { path: string; size: number }[], wishes: object, taken: ReadonlySet<string>): string {
  const content = hash(JSON.stringify([files, wishes])).toString(16).padStart(8, '0');
  const words = name.normalize('NFKD').toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 32);
  const id = `${words === '' ? 'data' : words}-${content}`;
  let copy = 1;
  while (taken.has(copy === 1 ? id : `${id}-${copy}`)) copy++;
  return copy === 1 ? id : `${id}-${copy}`;
}
