/** Walks what was dropped on the page, folders and all, down to its files. It keeps handles; nothing is read. */
import { ComdError } from '../../errors';
import type { Entry } from './picked';

/** How much may be dropped, and what to do with more. */
interface Limit {
  files: number;
  remedy: string;
}

/** A checkpoint has a few dozen files; who drops this many has let go of something else. */
const ofModel: Limit = { files: 5_000, remedy: 'Drop the folder of one model.' };

/** The files of a drop with their paths. Must be called while the event is handled: the browser forgets it after. */
export async function dropped(transfer: DataTransfer, limit = ofModel): Promise<Entry[]> {
  const items = [...transfer.items];
  const roots = items.flatMap((item) => item.webkitGetAsEntry() ?? []);
  // What comes from another page or a script is no entry of a file system, and may be a file all the same.
  const entries = items.flatMap((item) => (item.webkitGetAsEntry() === null ? item.getAsFile() ?? [] : [])).map((file): Entry => ({ path: file.name, file }));
  for (const root of roots) await walk(root, entries, limit);
  return entries;
}

async function walk(entry: FileSystemEntry, entries: Entry[], limit: Limit): Promise<void> {
  if (entry.name.startsWith('.')) return;
  if (isFile(entry)) {
    if (entries.length === limit.files) throw new ComdError('settings/invalid', `More than ${limit.files} files were dropped.`, limit.remedy);
    entries.push({ path: entry.fullPath.replace(/^\//, ''), file: await new Promise((resolve, reject) => { entry.file(resolve, reject); }) });
  } else if (isFolder(entry)) {
    for (const child of await childrenOf(entry)) await walk(child, entries, limit);
  }
}

/** A reader hands out a hundred entries at a time, and none when there are no more. */
async function childrenOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const children: FileSystemEntry[] = [];
  for (;;) {
    const more = await new Promise<FileSystemEntry[]>((resolve, reject) => { reader.readEntries(resolve, reject); });
    if (more.length === 0) return children;
    children.push(...more);
  }
}

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;
const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;
