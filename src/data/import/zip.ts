/**
 * Zips as folders of files. Only the directory at a zip's end is read; an entry is unpacked while it is read, so that a zip of any
 * size takes no memory but for the names of its entries.
 */
import { kindByName } from './names';
import type { NamedFile } from './row';
import { zipEntries, type ZipEntry } from './zip-directory';
import { entryFile } from './zip-entry';

/**
 * The files with each zip among them replaced by its entries, named `photos.zip/folder/entry`. What computers put in beside
 * (`__MACOSX/`, `.DS_Store`) is left out. Throws `data/unreadable` for a zip whose directory is missing or broken.
 */
export async function openZips(files: readonly NamedFile[]): Promise<NamedFile[]> {
  const opened: NamedFile[] = [];
  for (const file of files) {
    // What is named as a picture is not looked into: a folder may have a hundred thousand.
    if (kindByName(file.name) === 'picture' || !(await isZip(file))) opened.push(file);
    else for (const entry of await zipEntries(file)) if (isOfUser(entry)) opened.push(entryFile(file, entry));
  }
  return opened;
}

async function isZip(file: NamedFile): Promise<boolean> {
  const [p, k, third, fourth] = await file.slice(0, 4);
  return p === 0x50 && k === 0x4b && ((third === 3 && fourth === 4) || (third === 5 && fourth === 6));
}

function isOfUser({ name }: ZipEntry): boolean {
  return !name.endsWith('/') && !name.split('/').some((part) => part === '__MACOSX' || part.startsWith('.'));
}
