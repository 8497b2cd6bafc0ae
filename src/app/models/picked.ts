/**
 * The checkpoint among files that were picked or dropped. A clone of a hub repository brings other folders along
 * (`onnx/`, `.git/`) whose files have the same names; only one folder is meant. Nothing is read.
 */
import { ComdError } from '../../errors';
import type { PickedFiles } from './place';

export interface Entry {
  /** From the folder that was picked, as `SmolVLM/config.json`. */
  path: string;
  file: File;
}

/** The files of an input, whether it picks a folder or files. */
export function entriesOf(files: Iterable<File>): Entry[] {
  return [...files].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
}

/**
 * The folder nearest to the top that holds a checkpoint or an adapter, with its files; the nearest that holds any file
 * where none does, so that the checkpoint's own checks say what is missing. Throws `checkpoint/missing-file` for
 * nothing at all, `settings/invalid` for several checkpoints side by side.
 */
export function pickedFolder(entries: readonly Entry[]): PickedFiles {
  const folders = foldersOf(entries);
  const holding = [...folders].filter(([, files]) => files.some(({ name }) => marksCheckpoint(name)));
  const candidates = holding.length > 0 ? holding : [...folders];
  const depth = Math.min(...candidates.map(([folder]) => depthOf(folder)));
  const [first, second] = candidates.filter(([folder]) => depthOf(folder) === depth).sort(([a], [b]) => (a < b ? -1 : 1));
  if (first === undefined) throw new ComdError('checkpoint/missing-file', 'The folder holds no files.', 'Pick the folder that holds config.json and the weights, or a .gguf file.');
  if (second !== undefined) {
    throw new ComdError('settings/invalid', `Both "${first[0]}" and "${second[0]}" look like a model.`, 'Pick the folder of one of them.');
  }
  return { kind: 'files', name: nameOf(...first), files: first[1] };
}

function foldersOf(entries: readonly Entry[]): Map<string, File[]> {
  const folders = new Map<string, File[]>();
  for (const { path, file } of entries) {
    const parts = path.split('/');
    if (parts.some((part) => part.startsWith('.'))) continue;
    const folder = parts.slice(0, -1).join('/');
    folders.set(folder, [...folders.get(folder) ?? [], file]);
  }
  return folders;
}

function marksCheckpoint(name: string): boolean {
  return name === 'config.json' || name === 'adapter_config.json' || name.endsWith('.gguf');
}

function depthOf(folder: string): number {
  return folder === '' ? 0 : folder.split('/').length;
}

/** Files that were picked one by one have no folder; a lone GGUF file has a name that says it all. */
function nameOf(folder: string, files: readonly File[]): string {
  const gguf = files.find(({ name }) => name.endsWith('.gguf'));
  return folder.split('/').at(-1) || gguf?.name.replace(/\.gguf$/, '') || 'picked files';
}
