/**
 * Bytes kept by key in the origin's private file system: training snapshots and finished students, too large for
 * IndexedDB records. It knows nothing of what the bytes are, and nothing of pools.
 *
 * Each value is a data file with a name of its own; a small marker file names it. The marker is written last, so a
 * value that was cut off (tab closed, disk full) is never read, and the value before it stays.
 */
import * as v from 'valibot';
import { ComdError } from '../errors';
import { isQuota, namesIn, orUndefined, writeWhole } from './private-files';

const folderName = 'comd';
const markerSchema = v.object({ file: v.string(), bytes: v.number() });
type Marker = v.InferOutput<typeof markerSchema>;

/** Keeps `bytes` under `key`, in place of what was there. Throws `pools/quota` where there is no room. */
export async function put(key: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  const folder = await openFolder();
  const before = await readMarker(folder, key);
  const file = `${dataPrefix(key)}${crypto.randomUUID()}`;
  try {
    await writeWhole(folder, file, bytes);
    await writeWhole(folder, markerName(key), JSON.stringify({ file, bytes: bytes.length } satisfies Marker));
  } catch (cause) {
    await discard(folder, file);
    throw isQuota(cause) ? full(key, bytes.length, cause) : cause;
  }
  if (before !== undefined) await discard(folder, before.file);
}

/** The bytes kept under `key`; undefined where there are none. */
export async function get(key: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const folder = await openFolder();
  const marker = await readMarker(folder, key);
  if (marker === undefined) return undefined;
  const bytes = await read(folder, marker.file);
  return bytes?.length === marker.bytes ? bytes : undefined;
}

/** Removes every key that begins with `prefix`, and what writes cut off under it have left. */
export async function remove(prefix: string): Promise<void> {
  const folder = await openFolder();
  const doomed = (await namesIn(folder)).filter((name) => keyOf(name).startsWith(prefix));
  // Markers first: a removal that is cut off leaves data without a marker, never a marker without data.
  for (const name of doomed.sort((a, b) => Number(isData(a)) - Number(isData(b)))) await discard(folder, name);
}

/** Keys may hold slashes and colons, file names may not; `~` is the one mark that the encoding leaves for us. */
const markerName = (key: string): string => encodeURIComponent(key).replaceAll('~', '%7E');
const dataPrefix = (key: string): string => `${markerName(key)}~`;
const isData = (name: string): boolean => name.includes('~');
const keyOf = (name: string): string => decodeURIComponent(name.replace(/~.*$/, ''));

async function openFolder(): Promise<FileSystemDirectoryHandle> {
  const root = await navigator.storage.getDirectory();
  return root.getDirectoryHandle(folderName, { create: true });
}

async function readMarker(folder: FileSystemDirectoryHandle, key: string): Promise<Marker | undefined> {
  const bytes = await read(folder, markerName(key));
  if (bytes === undefined) return undefined;
  try {
    return v.parse(markerSchema, JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    // A marker cut off half-way marks nothing.
    return undefined;
  }
}

async function read(folder: FileSystemDirectoryHandle, name: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const handle = await orUndefined(folder.getFileHandle(name));
  const bytes = handle && await orUndefined(handle.getFile().then((file) => file.arrayBuffer()));
  return bytes && new Uint8Array(bytes);
}

async function discard(folder: FileSystemDirectoryHandle, name: string): Promise<void> {
  await orUndefined(folder.removeEntry(name));
}

function full(key: string, bytes: number, cause: unknown): ComdError {
  return new ComdError(
    'pools/quota',
    `There is no room to keep "${key}" (${(bytes / 1e6).toFixed(1)} MB).`,
    'Free disk space or discard older runs, and use no private window; what was stored before is still there.',
    { cause },
  );
}
