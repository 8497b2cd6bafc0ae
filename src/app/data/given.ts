/** What was picked or dropped on the data screen, before anything is read of it. */
import type { GivenFile } from '../../../workers/data-protocol';
import type { Entry } from '../models/picked';
import { ComdError } from '../../errors';

export interface Given {
  /** What it is called unless the user says otherwise: its folder, or its one file. */
  name: string;
  files: GivenFile[];
  bytes: number;
}

/** The files that count: what systems put beside (`.DS_Store`) does not. Throws `settings/invalid` where there are none. */
export function givenOf(entries: readonly Entry[]): Given {
  const files = entries.filter(({ path }) => !path.split('/').some((part) => part.startsWith('.') || part === '__MACOSX'));
  if (files.length === 0) throw new ComdError('settings/invalid', 'There are no files in it.', 'Give a file of rows, a folder of pictures, both, or a zip.');
  return { name: nameOf(files), files, bytes: files.reduce((sum, { file: { size } }) => sum + size, 0) };
}

/** The folder that all files share, else the first file that is no picture, else the first. */
function nameOf(files: readonly Entry[]): string {
  const [folder, ...inside] = (files[0]?.path ?? '').split('/');
  if (inside.length > 0 && files.every(({ path }) => path.startsWith(`${folder}/`))) return folder ?? '';
  const rows = files.find(({ path }) => /\.(jsonl?|ndjson|csv|tsv|parquet|zip)$/i.test(path)) ?? files[0];
  return (rows?.path.split('/').at(-1) ?? '').replace(/\.[^.]+$/, '');
}
