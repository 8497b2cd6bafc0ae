/** Finds the picture that a row names among the files that were given. It opens none. */
import { tidyPath } from './files';
import type { ImportedRow, NamedFile, RowFault } from './row';

export type FoundPicture = { file: NamedFile; fault?: undefined } | { fault: RowFault; file?: undefined };

export interface PictureFinder {
  /** The picture of a row that has one: its own, or the file it names. A name that two files answer to is a fault, as is one that none does. */
  find(row: ImportedRow): FoundPicture;
}

interface Candidate {
  file: NamedFile;
  path: string;
}

/**
 * @param files as `openZips` gives them, tables among them
 * A row's path is looked up as it is, then beside the row's own file; else that file is taken which shares the most folders with it from
 * the end on, so that a common folder may stand before either path, or the name alone be enough where it is unique.
 */
export function pictureFinder(files: readonly NamedFile[]): PictureFinder {
  const byPath = new Map<string, NamedFile>();
  const byName = new Map<string, Candidate[]>();
  for (const file of files) {
    const path = tidyPath(file.name);
    byPath.set(path, file);
    const name = lastOf(path);
    const others = byName.get(name);
    if (others === undefined) byName.set(name, [{ file, path }]);
    else others.push({ file, path });
  }
  return {
    find(row) {
      if (row.picture !== undefined) return { file: row.picture };
      const path = tidyPath(row.image);
      const exact = byPath.get(path) ?? byPath.get(beside(row.file, path));
      return exact === undefined ? nearest(row, path, byName.get(lastOf(path)) ?? []) : { file: exact };
    },
  };
}

function nearest(row: ImportedRow, path: string, candidates: readonly Candidate[]): FoundPicture {
  const shared = candidates.map((candidate) => sharedEnd(path, candidate.path));
  const most = Math.max(...shared);
  const [first, second] = candidates.filter((_, i) => shared[i] === most);
  if (first === undefined) return fault(row, `names the picture "${row.image}", which is not among the files given`);
  if (second !== undefined) return fault(row, `names the picture "${row.image}", and both "${first.path}" and "${second.path}" could be meant`);
  return { file: first.file };
}

/** How many names two paths share from the end on. */
function sharedEnd(one: string, other: string): number {
  const [a, b] = [one.split('/').reverse(), other.split('/').reverse()];
  const differs = a.findIndex((name, i) => name !== b[i]);
  return differs < 0 ? a.length : differs;
}

function fault({ file, row, image }: ImportedRow, reason: string): FoundPicture {
  return { fault: { file, row, field: 'image', reason: image === '' ? 'is missing: the row names no picture' : reason } };
}

const lastOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

function beside(file: string, path: string): string {
  const folder = tidyPath(file);
  return tidyPath(`${folder.slice(0, Math.max(0, folder.lastIndexOf('/')))}/${path}`);
}
